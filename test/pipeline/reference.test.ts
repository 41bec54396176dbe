import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { analysisDefaults } from '../../electron/engine/config.ts';
import { intersectionOverUnion } from '../../electron/geometry/boxes.ts';
import { dotProduct } from '../../electron/geometry/vectors.ts';
import { analyzePhoto } from '../../electron/pipeline/analyze-photo.ts';
import { loadNetworks, type AnalysisNetworks } from '../../electron/pipeline/networks.ts';
import type { AnalyzedPhoto } from '../../electron/terms/analyzed-photo.ts';
import { createRuntime } from '../../native-models/runtime/create-runtime.ts';
import { loadStandardPack } from '../support/standard-pack.ts';

interface ReferenceFace {
  /** Left, top, right, bottom. */
  box: [number, number, number, number];
  embedding: number[];
}
interface Reference {
  photos: { photo: string; faces: ReferenceFace[] }[];
}

const shared = fileURLToPath(new URL('../../../shared', import.meta.url));
const isPresent = existsSync(path.join(shared, 'reference', 'standard-pack.json'));

describe.skipIf(!isPresent)(`known answers of the standard pack${isPresent ? '' : ' (skipped: no ../shared)'}`, () => {
  let networks: AnalysisNetworks;
  beforeAll(async () => {
    networks = await loadNetworks(await createRuntime('onnx'), await loadStandardPack());
  });
  afterAll(async () => {
    await networks.dispose();
  });
  const analyze = (file: string): Promise<AnalyzedPhoto> =>
    analyzePhoto(networks, readFileSync(path.join(shared, file)), analysisDefaults);

  it('come out in the same places and, but for blurred bystanders, as the same people', async () => {
    const reference = JSON.parse(readFileSync(path.join(shared, 'reference', 'standard-pack.json'), 'utf8')) as Reference;
    const cosines: number[] = [];
    const overlaps: number[] = [];
    for (const { photo, faces } of reference.photos) {
      const found = (await analyze(photo)).faces;
      for (const face of faces) {
        const [left, top, right, bottom] = face.box;
        const box = { x: left, y: top, width: right - left, height: bottom - top };
        const same = found.find((candidate) => intersectionOverUnion(candidate.box, box) > 0.5);
        // Blurred bystanders below 20 px are not sure enough to pass the second look.
        if (box.width < 20 && same === undefined) continue;
        expect(same, photo).toBeDefined();
        overlaps.push(intersectionOverUnion(same!.box, box));
        if (box.width >= 25) cosines.push(dotProduct(same!.embedding, Float32Array.from(face.embedding)));
      }
    }
    // The reference saw every photo stretched to 320x240, and placed landmarks once.
    expect(Math.min(...overlaps)).toBeGreaterThan(0.75);
    cosines.sort((first, second) => first - second);
    expect(cosines[Math.floor(cosines.length / 10)]).toBeGreaterThan(0.92);
    expect(cosines[Math.floor(cosines.length / 2)]).toBeGreaterThan(0.98);
  });

  it('hold for the group photos: 43 faces, and none among dogs', async () => {
    let count = 0;
    for (const name of readdirSync(path.join(shared, 'faces', 'group-photos')).filter((file) => file.endsWith('.jpg'))) {
      const { faces } = await analyze(`faces/group-photos/${name}`);
      if (name === 'dogs.jpg') expect(faces).toEqual([]);
      else count += faces.length;
    }
    // 43 annotated faces in nine photos, and a portrait without annotations.
    expect(count).toBe(44);
  });
});
