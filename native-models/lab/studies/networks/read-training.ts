/** Reads a finished training: what the network costs, and how well it tells people apart that it never learnt from. */

import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { AppError } from '../../../../electron/base/errors.ts';
// Registers the layers of our own, which a topology may name.
import '../../networks/build-network.ts';
import { parseManifest } from '../../../packs/manifest.ts';
import { readLayersModel } from '../../training/layers-model-files.ts';
import { countModel } from './count-model.ts';
import { countEmbedder } from './count-pack.ts';
import type { FlopsPoint } from './flops-study.ts';
import { findVal, ratesSchema, readResult } from './read-verification.ts';

const trainingSchema = z.object({ title: z.string().optional(), trained: z.object({ rates: ratesSchema }) });

/** A backend of TensorFlow.js has to be current: a model is opened with its weights, though they are not used.
 *  @param folder that `kindred train --out` wrote; absolute
 *  @throws AppError "unreadable-file", "bad-argument", "model-missing", "model-mismatch", "unsupported-operator" */
export async function readTraining(folder: string): Promise<FlopsPoint> {
  const results = path.join(folder, 'results.json');
  const { title, trained } = await readResult(results, trainingSchema, 'the results of kindred train');
  return {
    kind: 'trained',
    name: title ?? path.basename(folder),
    multiplyAdds: await countTrained(path.join(folder, 'network')),
    publishedMultiplyAdds: null,
    ...findVal(trained.rates, results),
    data: 'people set aside in training',
  };
}

/** @param folder of a LayersModel, or of a pack's manifest and embedder */
async function countTrained(folder: string): Promise<number> {
  const [topology, manifest] = [path.join(folder, 'model.json'), path.join(folder, 'manifest.json')];
  if (existsSync(topology)) {
    const model = await readLayersModel(folder);
    try {
      return countModel(model);
    } finally {
      model.dispose();
    }
  }
  if (!existsSync(manifest)) {
    throw new AppError('model-missing', `Expected model.json or manifest.json in ${folder}`, { parameters: { folder } });
  }
  const { embedder } = parseManifest(await readResult(manifest, z.unknown(), 'a manifest'));
  const model = await readFile(path.join(folder, embedder.file)).catch((cause: unknown) => {
    throw new AppError('model-missing', `Expected ${embedder.file} in ${folder}`, { cause, parameters: { folder } });
  });
  return countEmbedder(embedder, model);
}
