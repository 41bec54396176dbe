/** Keeps a training's state in one file, so that it goes on exactly where it was stopped.
 *
 *  [Note: random state] What a step draws depends on the seed and the step's number alone (drawStep), so both together are
 *  all the random state there is. */

import { open, readFile, rename } from 'node:fs/promises';
import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { AppError } from '../../../../electron/base/errors.ts';

export interface CheckpointState<Progress> {
  /** What the training was told, a JSON object; a checkpoint of other settings is not gone on with. */
  readonly settings: string;
  readonly progress: Progress;
  /** Weights, moving averages, optimiser's slots: in an order of the caller's own. */
  readonly tensors: readonly Float32Array[];
}

const format = 'kindred-training-checkpoint-1';
const lengthBytes = 4;
const settingsSchema = z.record(z.string(), z.unknown());
const headSchema = z.object({
  format: z.literal(format),
  settings: z.string(),
  progress: z.unknown(),
  lengths: z.array(z.number().int().nonnegative()),
});

/** Written beside and renamed: a kill leaves the checkpoint before. */
export async function writeCheckpoint(file: string, { settings, progress, tensors }: CheckpointState<unknown>): Promise<void> {
  const text = Buffer.from(JSON.stringify({ format, settings, progress, lengths: tensors.map(({ length }) => length) }));
  const length = Buffer.alloc(lengthBytes);
  length.writeUInt32LE(text.length);
  const unfinished = `${file}.unfinished`;
  const handle = await open(unfinished, 'w');
  try {
    await handle.appendFile(length);
    await handle.appendFile(text);
    for (const tensor of tensors) await handle.appendFile(new Uint8Array(tensor.buffer, tensor.byteOffset, tensor.byteLength));
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(unfinished, file);
}

/** @param parseProgress validates what the file says
 *  @returns null where there is none yet
 *  @throws AppError "bad-argument" for a file that is something else, "conflict" for one of other settings */
export async function readCheckpoint<Progress>(
  file: string,
  settings: string,
  parseProgress: (value: unknown) => Progress,
): Promise<CheckpointState<Progress> | null> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new AppError('unreadable-file', `Expected to read ${file}`, { cause });
  }
  try {
    let at = lengthBytes + bytes.readUInt32LE(0);
    const head = headSchema.parse(JSON.parse(bytes.subarray(lengthBytes, at).toString('utf8')));
    if (head.settings !== settings) {
      throw new AppError('conflict', `Expected a checkpoint of ${settings} but ${file} is of ${head.settings}`, {
        parameters: { kind: 'checkpoint', path: file, settings: nameDifferences(settings, head.settings) },
      });
    }
    const tensors = head.lengths.map((length) => {
      const part = bytes.subarray(at, (at += length * 4));
      return new Float32Array(Uint8Array.from(part).buffer, 0, length);
    });
    return { settings, progress: parseProgress(head.progress), tensors };
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError('bad-argument', `Expected a checkpoint of a training but received ${file}`, { cause, parameters: { path: file } });
  }
}

/** @returns the names of the settings that are not alike, for people */
function nameDifferences(one: string, other: string): string {
  const [first, second] = [one, other].map((settings) => settingsSchema.parse(JSON.parse(settings)));
  const names = new Set([...Object.keys(first!), ...Object.keys(second!)]);
  return [...names].filter((name) => JSON.stringify(first![name]) !== JSON.stringify(second![name])).join(', ');
}

export function readTensors(variables: readonly tf.Variable[]): Promise<Float32Array[]> {
  return Promise.all(variables.map(async (variable) => new Float32Array(await variable.data<'float32'>())));
}

/** @throws AppError "model-mismatch" where they do not fit */
export function assignTensors(variables: readonly tf.Variable[], values: readonly Float32Array[]): void {
  if (variables.length !== values.length || variables.some(({ size }, index) => size !== values[index]!.length)) {
    throw new AppError('model-mismatch', `Expected ${variables.length} tensors of the network's sizes but received ${values.length}`);
  }
  for (const [index, variable] of variables.entries()) {
    tf.tidy(() => variable.assign(tf.tensor(values[index]!, variable.shape, 'float32')));
  }
}
