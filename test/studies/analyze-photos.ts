/**
 * Analyzes labeled photos with any pack and prints what `kindred faces --embeddings` would, a line a face.
 *
 *   npx tsx test/studies/analyze-photos.ts --pack classic [--from <folder per person>] [--share 0.33 --seed 7] > faces.jsonl
 *
 * `--share` draws so many of the people, at most six photos of each.
 */

import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { createRandom } from '../../electron/base/random.ts';
import { analysisDefaults } from '../../electron/engine/config.ts';
import { resolveHostFolders } from '../../electron/engine/host-folders.ts';
import { analyzePhoto } from '../../electron/pipeline/analyze-photo.ts';
import { loadNetworks } from '../../electron/pipeline/networks.ts';
import { listLabeledPhotos, type LabeledPhoto } from '../../native-models/lab/evaluation/people-folder.ts';
import { createPackStore } from '../../native-models/packs/pack-store.ts';
import { createRuntime } from '../../native-models/runtime/create-runtime.ts';
import { lfwFolder, type FoundFace } from './labeled-faces.ts';

const { values } = parseArgs({
  options: {
    pack: { type: 'string', default: 'standard' },
    packs: { type: 'string', default: resolveHostFolders(process.env).packsFolder },
    from: { type: 'string', default: lfwFolder },
    share: { type: 'string', default: '1' },
    seed: { type: 'string', default: '7' },
  },
});

const mostPhotosOfOne = 6;

function drawPhotos(photos: readonly LabeledPhoto[], share: number, seed: number): LabeledPhoto[] {
  const random = createRandom(seed);
  const drawn = new Set([...new Set(photos.map(({ person }) => person))].filter(() => random() < share));
  const counts = new Map<string, number>();
  return photos.filter(({ person }) => {
    const count = (counts.get(person) ?? 0) + 1;
    counts.set(person, count);
    return drawn.has(person) && count <= mostPhotosOfOne;
  });
}

async function study(): Promise<void> {
  const photos = drawPhotos(await listLabeledPhotos(values.from), Number(values.share), Number(values.seed));
  const runtime = await createRuntime('onnx');
  const networks = await loadNetworks(runtime, await createPackStore({ packsFolder: values.packs }).load(values.pack));
  let number = 0;
  for (const { path: photo, person } of photos) {
    const { faces } = await analyzePhoto(networks, await readFile(photo), analysisDefaults);
    for (const { box, score, quality, embedding } of faces) {
      const face: FoundFace = { id: `face-${number++}`, photo, box, score, quality, person, embedding: Array.from(embedding) };
      process.stdout.write(`${JSON.stringify(face)}\n`);
    }
  }
  await networks.dispose();
  await runtime.dispose();
}

if (existsSync(values.from)) await study();
else console.error('skipped: no ../shared');
