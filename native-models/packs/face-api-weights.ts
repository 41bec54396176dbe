/** Reads the weights that the npm package @vladmandic/face-api holds for one of its networks. */

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { z } from 'zod';
import { AppError } from '../../electron/base/errors.ts';

export interface Weights {
  readonly shape: readonly number[];
  /** Row-major; filters as [height, width, channels in, channels out]. */
  readonly values: Float64Array;
}

/** TensorFlow.js' weights manifest, as far as this package uses it. */
const weightSchema = z.object({
  name: z.string(),
  shape: z.array(z.number().int().positive()),
  dtype: z.literal('float32'),
  quantization: z.object({ dtype: z.literal('uint8'), scale: z.number(), min: z.number() }).optional(),
});
const manifestSchema = z.array(z.object({ weights: z.array(weightSchema), paths: z.array(z.string().regex(/^[\w.-]+$/)) }));

const packageName = '@vladmandic/face-api';

/**
 * @param model name of the network's files, such as face_recognition_model
 * @returns by name; quantised values as value x scale + min
 * @throws AppError "model-missing" where the package has no such files, "model-mismatch" where they are not as described
 */
export async function readFaceApiWeights(model: string): Promise<ReadonlyMap<string, Weights>> {
  const folder = findModelFolder();
  const manifestName = `${model}-weights_manifest.json`;
  const parsed = manifestSchema.safeParse(JSON.parse((await readModelFile(folder, manifestName)).toString('utf8')));
  if (!parsed.success) throw mismatch(`a weights manifest in ${manifestName}`, parsed.error.message, manifestName);
  const weights = new Map<string, Weights>();
  for (const group of parsed.data) {
    const shards = await Promise.all(group.paths.map((name) => readModelFile(folder, name)));
    const bytes = Buffer.concat(shards);
    let start = 0;
    for (const entry of group.weights) {
      const count = entry.shape.reduce((product, size) => product * size, 1);
      const end = start + count * (entry.quantization === undefined ? 4 : 1);
      if (end > bytes.length) throw mismatch(`${end} bytes for the weights of ${model}`, `${bytes.length}`, manifestName);
      weights.set(entry.name, { shape: entry.shape, values: readValues(bytes.subarray(start, end), entry.quantization) });
      start = end;
    }
  }
  return weights;
}

/** @returns whether the package is installed */
export function hasFaceApiWeights(): boolean {
  try {
    return findModelFolder() !== '';
  } catch {
    // Asked whether it is there: that it is not is the answer.
    return false;
  }
}

function findModelFolder(): string {
  try {
    return path.join(path.dirname(createRequire(import.meta.url).resolve(`${packageName}/package.json`)), 'model');
  } catch (error) {
    throw new AppError('model-missing', `Expected the npm package ${packageName} to be installed but it is not`, {
      cause: error,
      parameters: { file: packageName, reason: 'ENOENT' },
    });
  }
}

async function readModelFile(folder: string, name: string): Promise<Buffer> {
  try {
    return await readFile(path.join(folder, name));
  } catch (error) {
    throw new AppError('model-missing', `Expected ${name} in the npm package ${packageName} but it cannot be read`, {
      cause: error,
      parameters: { file: name, folder },
    });
  }
}

function readValues(bytes: Buffer, quantization: { scale: number; min: number } | undefined): Float64Array {
  if (quantization === undefined) {
    return Float64Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readFloatLE(index * 4));
  }
  const { scale, min } = quantization;
  return Float64Array.from(bytes, (value) => value * scale + min);
}

function mismatch(expected: string, received: string, file: string): AppError {
  return new AppError('model-mismatch', `Expected ${expected} but received ${received}`, { parameters: { file } });
}
