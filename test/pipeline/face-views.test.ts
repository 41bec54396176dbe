import { describe, expect, it } from 'vitest';
import sharp from 'sharp';
import { faceShape } from '../../electron/geometry/face-shape.ts';
import { projectShape } from '../../electron/geometry/pose.ts';
import { samplePhoto } from '../../electron/imaging/decode.ts';
import { fitChip, pickFivePoints } from '../../electron/pipeline/align.ts';
import { renderFaceView, type FaceView } from '../../electron/pipeline/face-views.ts';
import { readStandardManifest } from '../../native-models/packs/standard-pack.ts';
import { forgePngHeader, storeOriented } from '../support/photos.ts';
import { renderFace, type RenderedFace } from '../support/rendered-face.ts';

const maxPixels = 100_000_000;
const { template } = readStandardManifest().embedder;
const straight = { yaw: 0, pitch: 0, roll: 0 };

interface GreyPicture {
  readonly side: number;
  readonly values: Uint8Array;
}

function encodePng({ photo }: RenderedFace): Promise<Buffer> {
  const { width, height, data } = photo.stored;
  return sharp(data, { raw: { width, height, channels: 3 } }).png().toBuffer();
}

async function render(face: RenderedFace, view: FaceView, sizePx: number): Promise<GreyPicture | null> {
  return await readWebp(await renderFaceView(await encodePng(face), face.landmarks, { view, sizePx, maxPixels }));
}

/** @param picture square, its three channels alike */
async function readWebp(picture: Uint8Array | null): Promise<GreyPicture | null> {
  if (picture === null) return null;
  const { format } = await sharp(picture).metadata();
  const { data, info } = await sharp(picture).toColourspace('b-w').raw().toBuffer({ resolveWithObject: true });
  expect([format, info.width, info.channels]).toEqual(['webp', info.height, 1]);
  return { side: info.width, values: data };
}

/** Bright at the centres of the eyes, dark elsewhere, see [Note: face shape]. */
function paintEyes(x: number, y: number): number {
  return Math.hypot(Math.abs(x) - 0.5, y) < 0.12 ? 240 : 30;
}

/** The same on both sides of the face, as faces are. */
function paintSymmetric(x: number, y: number): number {
  return 128 + 60 * Math.sin(4 * Math.abs(x) + 1) + 50 * Math.cos(3 * y);
}

/** @returns the centres of what is bright in the left and in the right half, as shares of the side */
function findEyes({ side, values }: GreyPicture): [number, number][] {
  return [0, 1].map((half) => {
    const found: [number, number][] = [];
    values.forEach((value, at) => {
      const [column, row] = [at % side, Math.floor(at / side)];
      if (value > 135 && Math.floor((2 * column) / side) === half) found.push([column + 0.5, row + 0.5]);
    });
    const mean = (axis: 0 | 1): number => found.reduce((sum, point) => sum + point[axis], 0) / found.length / side;
    return [mean(0), mean(1)];
  });
}

function expectEyesOfTemplate(picture: GreyPicture): void {
  for (const [eye, place] of findEyes(picture).entries()) {
    // The template is no mean face: its points are met by least squares.
    for (const axis of [0, 1] as const) expect(Math.abs(place[axis] - template.points[eye]![axis] / template.chipSizePx)).toBeLessThan(0.03);
  }
}

function meanDifference(one: GreyPicture, other: GreyPicture): number {
  expect(one.side).toBe(other.side);
  return one.values.reduce((sum, value, at) => sum + Math.abs(value - other.values[at]!), 0) / one.values.length;
}

describe('the chip of a face', () => {
  it.each([
    [96, straight],
    [224, { ...straight, roll: 35 }],
    [224, { yaw: 10, pitch: -5, roll: -160 }],
  ])('%i pixels wide shows it upright, with the eyes where the pack wants them: %o', async (sizePx, angles) => {
    const chip = await render(renderFace(angles, paintEyes), 'chip', sizePx);
    expect(chip!.side).toBe(sizePx);
    expectEyesOfTemplate(chip!);
  });

  it("in the pack's own size is what the embedder compares", async () => {
    const side = template.chipSizePx;
    const face = renderFace({ yaw: 15, pitch: 4, roll: 20 }, paintSymmetric);
    const chip = await render(face, 'chip', side);
    const compared = samplePhoto(face.photo, fitChip(face.landmarks, template), { width: side, height: side });
    const values = Uint8Array.from({ length: side * side }, (_, at) => Math.round(compared.data[at * 3]!));
    // What WebP loses.
    expect(meanDifference(chip!, { side, values })).toBeLessThan(3);
  });

  it.each([3, 6] as const)('is the same of a photo that is stored turned, orientation %i', async (orientation) => {
    const face = renderFace({ ...straight, roll: 12 }, paintSymmetric);
    const turned = await storeOriented(await encodePng(face), orientation);
    const chip = await readWebp(await renderFaceView(turned, face.landmarks, { view: 'chip', sizePx: 224, maxPixels }));
    expect(meanDifference(chip!, (await render(face, 'chip', 224))!)).toBeLessThan(3);
  });

  it('needs no more than five landmarks', async () => {
    const face = renderFace(straight, paintEyes);
    const five = Float32Array.from(pickFivePoints(face.landmarks).flat());
    const chip = await render({ ...face, landmarks: five }, 'chip', 224);
    expect(meanDifference(chip!, (await render(face, 'chip', 224))!)).toBeLessThan(1);
  });
});

describe('the frontal view of a face', () => {
  it('shows a turned head as one that looks straight on', async () => {
    const front = await render(renderFace(straight, paintSymmetric), 'chip', 224);
    const face = renderFace({ yaw: -28, pitch: 6, roll: 15 }, paintSymmetric);
    const [chip, frontal] = [await render(face, 'chip', 224), await render(face, 'frontal', 224)];
    expect(frontal!.side).toBe(224);
    expect(meanDifference(frontal!, front!)).toBeLessThan(meanDifference(chip!, front!) / 2);
    expectEyesOfTemplate((await render(renderFace({ yaw: -28, pitch: 6, roll: 15 }, paintEyes), 'frontal', 224))!);
  });

  it('is not guessed from a profile, which has a chip nonetheless', async () => {
    const { photo } = renderFace(straight, paintSymmetric);
    const landmarks = projectShape(faceShape, { ...straight, yaw: 84, scale: 48 }).map((value) => value + 120);
    expect(await render({ photo, landmarks }, 'frontal', 96)).toBeNull();
    expect((await render({ photo, landmarks }, 'chip', 96))!.side).toBe(96);
  });
});

describe.each(['chip', 'frontal'] as const)('the view %s', (view) => {
  const { photo, landmarks } = renderFace(straight, paintSymmetric, { sidePx: 60, eyeDistancePx: 12 });

  it('is none where the landmarks coincide', async () => {
    expect(await render({ photo, landmarks: new Float32Array(136).fill(30) }, view, 96)).toBeNull();
    expect(await render({ photo, landmarks: new Float32Array(10).fill(30) }, view, 96)).toBeNull();
  });

  it('is refused for another number of landmarks, and for what is no photo or too large a one', async () => {
    const refuse = async (bytes: Uint8Array, points: Float32Array, code: string): Promise<void> => {
      await expect(renderFaceView(bytes, points, { view, sizePx: 96, maxPixels })).rejects.toMatchObject({ code });
    };
    await refuse(await encodePng({ photo, landmarks }), new Float32Array(12), 'bad-argument');
    await refuse(Buffer.from('hello'), landmarks, 'not-an-image');
    await refuse(forgePngHeader(60_000, 60_000), landmarks, 'too-many-pixels');
  });
});
