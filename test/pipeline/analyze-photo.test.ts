import sharp, { type OverlayOptions } from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { analysisDefaults, fitAnalysisTo } from '../../electron/engine/config.ts';
import { intersectionOverUnion } from '../../electron/geometry/boxes.ts';
import type { Box } from '../../electron/geometry/types.ts';
import { dotProduct, vectorLength } from '../../electron/geometry/vectors.ts';
import { analyzePhoto } from '../../electron/pipeline/analyze-photo.ts';
import { loadNetworks, type AnalysisNetworks } from '../../electron/pipeline/networks.ts';
import type { AnalyzedFace, AnalyzedPhoto } from '../../electron/terms/analyzed-photo.ts';
import { createRuntime } from '../../native-models/runtime/create-runtime.ts';
import type { Runtime } from '../../native-models/runtime/runtime.ts';
import { readSample, sampleFaceCounts, sampleNumbers, storeOriented, type SampleNumber } from '../support/photos.ts';
import { loadStandardPack } from '../support/standard-pack.ts';

let runtime: Runtime;
let networks: AnalysisNetworks;
const analyzed = new Map<SampleNumber, AnalyzedPhoto>();

beforeAll(async () => {
  runtime = await createRuntime('onnx');
  networks = await loadNetworks(runtime, await loadStandardPack());
  for (const sample of sampleNumbers) analyzed.set(sample, await analyze(await readSample(sample)));
});
afterAll(async () => {
  await networks.dispose();
  await runtime.dispose();
});

function analyze(bytes: Uint8Array): Promise<AnalyzedPhoto> {
  return analyzePhoto(networks, bytes, analysisDefaults);
}
function findFaceAt(faces: readonly AnalyzedFace[], box: Box): AnalyzedFace | undefined {
  return faces.find((face) => intersectionOverUnion(face.box, box) > 0.5);
}
/** @returns for each expected face how alike the face found in its place is; NaN where none is */
function compareFaces(found: readonly AnalyzedFace[], expected: readonly AnalyzedFace[], place = (box: Box): Box => box): number[] {
  return expected.map(({ box, embedding }) => {
    const face = findFaceAt(found, place(box));
    return face === undefined ? Number.NaN : dotProduct(face.embedding, embedding);
  });
}

describe('analyzing a photo', () => {
  it.each(sampleNumbers)('finds the faces of sample %i', (sample) => {
    const photo = analyzed.get(sample)!;
    expect(photo.faces).toHaveLength(sampleFaceCounts[sample]);
    expect(photo).toMatchObject({ format: 'jpeg', width: 1920 });
    expect(photo.contentHash).toHaveLength(32);
    for (const face of photo.faces) {
      expect(face.score).toBeGreaterThan(0.6);
      expect(face.quality).toBeGreaterThan(0);
      expect(face.quality).toBeLessThanOrEqual(1);
      expect(face.landmarks).toHaveLength(136);
      expect(face.embedding).toHaveLength(512);
      expect(vectorLength(face.embedding)).toBeCloseTo(1, 4);
      expect(face.box.x).toBeGreaterThanOrEqual(0);
      expect(face.box.x + face.box.width).toBeLessThanOrEqual(photo.width);
      expect(face.box.y + face.box.height).toBeLessThanOrEqual(photo.height);
    }
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8] as const)('finds the same faces where they are stored in orientation %i', async (orientation) => {
    const upright = analyzed.get(4)!;
    const photo = await analyze(await storeOriented(await readSample(4), orientation));
    expect([photo.width, photo.height]).toEqual([upright.width, upright.height]);
    expect(photo.faces).toHaveLength(upright.faces.length);
    for (const likeness of compareFaces(photo.faces, upright.faces)) expect(likeness).toBeGreaterThan(0.97);
  });

  it('knows the faces again in a smaller, brighter, grey or differently coded photo', async () => {
    const original = await readSample(1);
    const expected = analyzed.get(1)!.faces;
    const half = (box: Box): Box => ({ x: box.x / 2, y: box.y / 2, width: box.width / 2, height: box.height / 2 });
    const smaller = await analyze(await sharp(original).resize(960).jpeg({ quality: 90 }).toBuffer());
    for (const likeness of compareFaces(smaller.faces, expected, half)) expect(likeness).toBeGreaterThan(0.9);
    const changed = [
      sharp(original).modulate({ brightness: 1.2 }).jpeg(),
      sharp(original).greyscale().png({ compressionLevel: 1 }),
      sharp(original).withIccProfile('p3').webp({ quality: 90 }),
    ];
    for (const pipeline of changed) {
      const photo = await analyze(await pipeline.toBuffer());
      expect(photo.faces).toHaveLength(3);
      for (const likeness of compareFaces(photo.faces, expected)) expect(likeness).toBeGreaterThan(0.85);
    }
  });

  it('finds a face that fills the frame', async () => {
    const { box } = analyzed.get(3)!.faces[0]!;
    const region = { left: Math.round(box.x), top: Math.round(box.y), width: Math.round(box.width), height: Math.round(box.height) };
    const close = await sharp(await readSample(3)).extract(region).resize(3000).jpeg().toBuffer();
    const photo = await analyze(close);
    expect(photo.faces).toHaveLength(1);
    expect(photo.faces[0]!.box.width).toBeGreaterThan(1500);
    expect(dotProduct(photo.faces[0]!.embedding, analyzed.get(3)!.faces[0]!.embedding)).toBeGreaterThan(0.7);
  });

  it.each([
    ['balanced', [72, 90, 120, 200, 600]],
    ['thorough', [24, 40, 120, 200, 600]],
  ] as const)('finds small and large faces in twelve megapixels, and nothing else, %s', async (effort, widths) => {
    const background = sharp(await readSample(2)).extract({ left: 0, top: 900, width: 1900, height: 460 });
    const layers: OverlayOptions[] = [];
    const placed: Box[] = [];
    const faces = [analyzed.get(1)!.faces[0]!, analyzed.get(6)!.faces[0]!, analyzed.get(3)!.faces[0]!];
    const sources = [await readSample(1), await readSample(6), await readSample(3)];
    for (const [row, width] of widths.entries()) {
      for (const [column, { box }] of faces.entries()) {
        const scale = width / box.width;
        const margin = 0.35 * box.width;
        const left = Math.max(0, Math.round(box.x - margin));
        const top = Math.max(0, Math.round(box.y - margin));
        const region = { left, top, width: Math.round(box.width + 2 * margin), height: Math.round(box.height + 1.6 * margin) };
        const face = await sharp(sources[column]).extract(region).resize(Math.round(region.width * scale)).toBuffer();
        const x = 150 + column * 1250 + row * 47;
        const y = [60, 250, 480, 900, 1700][row]!;
        layers.push({ input: face, left: x, top: y });
        placed.push({ x: x + (box.x - left) * scale, y: y + (box.y - top) * scale, width, height: box.height * scale });
      }
    }
    const composed = await sharp(await background.resize(4000, 3000, { fit: 'fill' }).toBuffer())
      .composite(layers)
      .jpeg({ quality: 92 })
      .toBuffer();
    const photo = await analyzePhoto(networks, composed, fitAnalysisTo(effort));
    const missed = placed.filter((box) => findFaceAt(photo.faces, box) === undefined).map(({ width }) => width);
    expect(missed).toEqual([]);
    expect(photo.faces.length).toBeLessThanOrEqual(placed.length + 1);
  });

  it.each([90, 180, 270])('finds the faces of a photo that lies turned by %i degrees without saying so', async (degrees) => {
    const upright = analyzed.get(4)!;
    const { width, height } = upright;
    const turned = await analyze(await sharp(await readSample(4)).rotate(degrees).jpeg({ quality: 92 }).toBuffer());
    const place = ({ x, y, width: w, height: h }: Box): Box =>
      degrees === 90
        ? { x: height - y - h, y: x, width: h, height: w }
        : degrees === 180
          ? { x: width - x - w, y: height - y - h, width: w, height: h }
          : { x: y, y: width - x - w, width: h, height: w };
    expect(turned.faces).toHaveLength(upright.faces.length);
    for (const likeness of compareFaces(turned.faces, upright.faces, place)) expect(likeness).toBeGreaterThan(0.9);
  });

  it('cuts chips from the full photo where it was shrunk while decoding', async () => {
    const original = await readSample(1);
    const shrunk = await analyzePhoto(networks, original, { ...analysisDefaults, maxWorkingPixels: 300_000 });
    for (const likeness of compareFaces(shrunk.faces, analyzed.get(1)!.faces)) expect(likeness).toBeGreaterThan(0.95);
  });

  it('reads when the photo was taken', async () => {
    const bytes = await sharp(await readSample(1))
      .resize(320)
      .withExif({ IFD2: { DateTimeOriginal: '2019:07:04 15:30:12', OffsetTimeOriginal: '+09:00' } })
      .jpeg()
      .toBuffer();
    expect((await analyze(bytes)).captureTime).toEqual({ local: '2019-07-04T15:30:12', offsetMinutes: 540, source: 'exif' });
  });

  it('finds nobody where nobody is', async () => {
    const flat = await sharp({ create: { width: 800, height: 600, channels: 3, background: '#567' } }).png().toBuffer();
    expect((await analyze(flat)).faces).toEqual([]);
    const tiny = await sharp({ create: { width: 1, height: 1, channels: 3, background: '#567' } }).png().toBuffer();
    expect((await analyze(tiny)).faces).toEqual([]);
  });
});
