/** One contract over runtimes and packs: the same photos, the same faces, the same embeddings. */

import { describe, expect, test } from 'vitest';
import { analysisDefaults } from '../../electron/engine/config.ts';
import { intersectionOverUnion } from '../../electron/geometry/boxes.ts';
import { analyzePhoto } from '../../electron/pipeline/analyze-photo.ts';
import { loadNetworks } from '../../electron/pipeline/networks.ts';
import type { AnalyzedPhoto } from '../../electron/terms/analyzed-photo.ts';
import type { LoadedPack } from '../../native-models/packs/load-pack.ts';
import { createRuntime } from '../../native-models/runtime/create-runtime.ts';
import type { RuntimeName } from '../../native-models/runtime/runtime.ts';
import { cpuRuntimeNames, openRuntimes } from '../native-models/runtime/open-runtimes.ts';
import { hasSharedModels, loadUserMadePack, openPackStore } from '../support/packs.ts';
import { readSample, sampleFaceCounts } from '../support/photos.ts';

const samples = [1, 5] as const;
const present = [...(await openRuntimes()).keys()];

const packs: readonly { name: string; isPresent: boolean; load: () => Promise<LoadedPack> }[] = [
  { name: 'standard', isPresent: true, load: () => openPackStore().load('standard') },
  { name: 'classic', isPresent: true, load: () => openPackStore().load('classic') },
  { name: 'yunet-mobilefacenet', isPresent: hasSharedModels, load: loadUserMadePack },
];

async function analyzeSamples(name: RuntimeName, pack: LoadedPack): Promise<AnalyzedPhoto[]> {
  const runtime = await createRuntime(name);
  const networks = await loadNetworks(runtime, pack);
  try {
    const photos: AnalyzedPhoto[] = [];
    for (const sample of samples) photos.push(await analyzePhoto(networks, await readSample(sample), analysisDefaults));
    return photos;
  } finally {
    await networks.dispose();
    await runtime.dispose();
  }
}

describe.each(packs)('a photo analyzed with $name', ({ isPresent, load }) => {
  let expected: Promise<AnalyzedPhoto[]> | undefined;

  test.for(cpuRuntimeNames.filter((name) => name !== 'onnx'))(
    'shows the same faces on %s, with embeddings equal to a thousandth',
    async (name, context) => {
      if (!isPresent) context.skip('skipped: no ../shared');
      if (!present.includes(name)) context.skip(`${name} is not installed`);
      const pack = await load();
      const known = await (expected ??= analyzeSamples('onnx', pack));
      const photos = await analyzeSamples(name, pack);
      for (const [index, photo] of photos.entries()) {
        expect(known[index]!.faces).toHaveLength(sampleFaceCounts[samples[index]!]);
        expect(photo.faces).toHaveLength(known[index]!.faces.length);
        for (const [at, face] of photo.faces.entries()) {
          const same = known[index]!.faces[at]!;
          expect(intersectionOverUnion(face.box, same.box)).toBeGreaterThan(0.99);
          const error = Math.hypot(...face.embedding.map((value, entry) => value - same.embedding[entry]!));
          expect(error).toBeLessThan(1e-3);
        }
      }
    },
  );
});
