/** Turns face chips into embeddings. */

import type { Embedder } from '../../native-models/packs/manifest.ts';
import type { Network } from '../../native-models/runtime/runtime.ts';
import { AppError } from '../base/errors.ts';
import { normalizeVector } from '../geometry/vectors.ts';
import { mirrorPixels, type SampledImage } from '../imaging/pixels.ts';
import { createInputTensor } from './input-tensor.ts';

/** Chips that the network sees in one run. */
const chipsPerRun = 8;

/** @param chips of the manifest's chip size
 *  @returns per chip [length], unit vectors where the manifest says so; with mirror images, of the sum of both
 *  @throws AppError "model-mismatch" where the network answers anything but that many finite numbers */
export async function embedChips(
  network: Network,
  manifest: Embedder,
  chips: readonly SampledImage[],
): Promise<Float32Array[]> {
  const embeddings = await runEmbedder(network, manifest, chips);
  const mirrored = manifest.isMirrored ? await runEmbedder(network, manifest, chips.map(mirrorPixels)) : [];
  return embeddings.map((embedding, index) => {
    const other = mirrored[index];
    const sum = other === undefined ? embedding : embedding.map((value, at) => value + other[at]!);
    return manifest.normalised ? normalizeVector(sum) : sum;
  });
}

/** @returns per chip [length], as the network gives it */
async function runEmbedder(network: Network, manifest: Embedder, chips: readonly SampledImage[]): Promise<Float32Array[]> {
  const embeddings: Float32Array[] = [];
  for (let start = 0; start < chips.length; start += chipsPerRun) {
    const batch = chips.slice(start, start + chipsPerRun);
    const outputs = await network.run({ [manifest.input.name]: createInputTensor(batch, manifest.input) });
    const values = outputs[manifest.outputs.embedding]?.data;
    if (values?.length !== batch.length * manifest.length || !values.every(Number.isFinite)) {
      throw new AppError(
        'model-mismatch',
        `Expected ${batch.length * manifest.length} finite numbers from the embedder but received ${values?.length}`,
      );
    }
    for (let index = 0; index < batch.length; index++) {
      embeddings.push(values.slice(index * manifest.length, (index + 1) * manifest.length));
    }
  }
  return embeddings;
}
