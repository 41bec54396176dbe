/** A pack that a user describes in a manifest: YuNet, which places five points, with an embedder of 128 numbers. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { analysisDefaults } from '../../electron/engine/config.ts';
import { applyAffine } from '../../electron/geometry/affine.ts';
import { intersectionOverUnion } from '../../electron/geometry/boxes.ts';
import type { Point } from '../../electron/geometry/types.ts';
import { analyzePhoto } from '../../electron/pipeline/analyze-photo.ts';
import { fitChip } from '../../electron/pipeline/align.ts';
import { loadNetworks, type AnalysisNetworks } from '../../electron/pipeline/networks.ts';
import type { AnalyzedFace } from '../../electron/terms/analyzed-photo.ts';
import { readSameDistance, type PackManifest } from '../../native-models/packs/manifest.ts';
import { createRuntime } from '../../native-models/runtime/create-runtime.ts';
import type { Runtime } from '../../native-models/runtime/runtime.ts';
import { hasSharedModels, loadUserMadePack } from '../support/packs.ts';
import { readSample, sampleFaceCounts, sampleNumbers, variants, type SampleNumber } from '../support/photos.ts';
import { readSampleFaces } from '../support/sample-faces.ts';

function sampleOf(photo: string): SampleNumber {
  return sampleNumbers.find((number) => photo === `sample${number}.jpg`)!;
}

if (!hasSharedModels) console.warn('skipped: no ../shared');

describe.skipIf(!hasSharedModels)('a pack of YuNet and a MobileFaceNet', () => {
  let runtime: Runtime;
  let networks: AnalysisNetworks;
  let manifest: PackManifest;
  const found = new Map<SampleNumber, readonly AnalyzedFace[]>();

  const analyze = async (bytes: Uint8Array): Promise<readonly AnalyzedFace[]> =>
    (await analyzePhoto(networks, bytes, analysisDefaults)).faces;

  beforeAll(async () => {
    const pack = await loadUserMadePack();
    ({ manifest } = pack);
    runtime = await createRuntime('onnx');
    networks = await loadNetworks(runtime, pack);
    for (const sample of sampleNumbers) found.set(sample, await analyze(await readSample(sample)));
  });

  afterAll(async () => {
    await networks.dispose();
    await runtime.dispose();
  });

  it('finds the 22 faces of the samples where they are, and nothing else', () => {
    const known = readSampleFaces();
    for (const sample of sampleNumbers) {
      const faces = found.get(sample)!;
      expect(faces).toHaveLength(sampleFaceCounts[sample]);
      for (const { box } of known.filter(({ photo }) => photo === `sample${sample}.jpg`)) {
        expect(Math.max(...faces.map((face) => intersectionOverUnion(face.box, box)))).toBeGreaterThan(0.5);
      }
    }
  });

  it('places the five points where the landmarks of the standard pack are, and aligns by them', () => {
    const errors: number[] = [];
    for (const known of readSampleFaces()) {
      const face = found.get(sampleOf(known.photo))!.find(({ box }) => intersectionOverUnion(box, known.box) > 0.5)!;
      expect(face.landmarks).toHaveLength(10);
      const reference = Float32Array.from(known.landmarks.flat());
      const photoToChip = fitChip(face.landmarks, manifest.embedder.template);
      const inChip = (points: Float32Array): Point[] =>
        [0, 1, 2, 3, 4].map((index) => applyAffine(photoToChip, [points[index * 2]!, points[index * 2 + 1]!]));
      const chip = inChip(face.landmarks);
      const distances = inChip(reference).map(([x, y], index) => Math.hypot(x - chip[index]![0], y - chip[index]![1]));
      errors.push(distances.reduce((sum, distance) => sum + distance, 0) / 5);
      // Eyes above the mouth, the left one on the left: no face is aligned upside down or mirrored.
      expect(chip[0]![0]).toBeLessThan(chip[1]![0]);
      expect(Math.max(chip[0]![1], chip[1]![1])).toBeLessThan(Math.min(chip[3]![1], chip[4]![1]));
    }
    // Chip pixels, of 112. Measured: median 4.5, and 16 for a head that lies on its side by half a right angle.
    errors.sort((one, other) => one - other);
    expect(errors[11]).toBeLessThan(6);
    expect(errors.at(-1)).toBeLessThan(18);
  });

  it('tells people apart, and knows them again in half the size and in other light', async () => {
    const faces = [...found.values()].flat();
    const personOf = (face: AnalyzedFace): number | undefined =>
      readSampleFaces().find(({ photo, box }) => found.get(sampleOf(photo))!.includes(face) && intersectionOverUnion(box, face.box) > 0.5)?.person;
    const people = new Map(faces.map((face) => [face, personOf(face)]));
    const maxDistance = readSameDistance(manifest);
    const distance = (one: AnalyzedFace, other: AnalyzedFace): number =>
      Math.hypot(...one.embedding.map((value, at) => value - other.embedding[at]!));
    for (const [at, face] of faces.entries()) {
      expect(Math.hypot(...face.embedding)).toBeCloseTo(1, 5);
      const others = faces.slice(at + 1).filter((other) => people.get(other) !== people.get(face));
      for (const other of others) expect(distance(face, other)).toBeGreaterThan(maxDistance);
    }
    for (const sample of [3, 6] as const) {
      for (const change of [variants.half, variants.bright]) {
        const again = await analyze(await change(await readSample(sample)));
        expect(again).toHaveLength(sampleFaceCounts[sample]);
        for (const face of again) {
          expect(faces.filter((other) => distance(face, other) <= maxDistance)).toHaveLength(1);
        }
      }
    }
  });
});
