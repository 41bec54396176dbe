import { describe, expect, test } from 'vitest';
import { analysisDefaults } from '../../electron/config.ts';
import { intersectionOverUnion } from '../../electron/geometry/boxes.ts';
import { analyzePhoto } from '../../electron/pipeline/analyze-photo.ts';
import { loadNetworks } from '../../electron/pipeline/networks.ts';
import type { AnalyzedPhoto } from '../../electron/pipeline/types.ts';
import { createRuntime } from '../../native-models/runtime/create-runtime.ts';
import type { RuntimeName } from '../../native-models/runtime/runtime.ts';
import { cpuRuntimeNames, openRuntimes } from '../native-models/runtime/open-runtimes.ts';
import { readSample } from '../support/photos.ts';
import { loadStandardPack } from '../support/standard-pack.ts';

const samples = [1, 5] as const;
const present = [...(await openRuntimes()).keys()];

async function analyzeSamples(name: RuntimeName): Promise<AnalyzedPhoto[]> {
  const runtime = await createRuntime(name);
  const networks = await loadNetworks(runtime, await loadStandardPack());
  try {
    const photos: AnalyzedPhoto[] = [];
    for (const sample of samples) photos.push(await analyzePhoto(networks, await readSample(sample), analysisDefaults));
    return photos;
  } finally {
    await networks.dispose();
    await runtime.dispose();
  }
}

describe('a photo analyzed on every runtime', async () => {
  const expected = await analyzeSamples('onnx');

  test.for(cpuRuntimeNames.filter((name) => name !== 'onnx'))(
    '%s finds the same faces, with embeddings equal to a thousandth',
    async (name, context) => {
      if (!present.includes(name)) context.skip(`${name} is not installed`);
      const photos = await analyzeSamples(name);
      for (const [index, photo] of photos.entries()) {
        expect(photo.faces).toHaveLength(expected[index]!.faces.length);
        for (const [at, face] of photo.faces.entries()) {
          const same = expected[index]!.faces[at]!;
          expect(intersectionOverUnion(face.box, same.box)).toBeGreaterThan(0.999);
          const error = Math.hypot(...face.embedding.map((value, entry) => value - same.embedding[entry]!));
          expect(error).toBeLessThan(1e-3);
        }
      }
    },
  );
});
