/** Makes sure that the networks of a pack are as its manifest says, before anything relies on it. */

import { AppError } from '../../electron/base/errors.ts';
import type { Dimension, Graph } from '../onnx/graph.ts';
import { parseModel } from '../onnx/parse-model.ts';
import type { LoadedPack } from './load-pack.ts';
import { listOutputs, type ImageInput } from './manifest.ts';

/**
 * Compares names and shapes only; nothing is run.
 * @throws AppError "bad-argument" naming the field that does not fit, "model-mismatch" for a file that is no network
 */
export function checkNetworks({ manifest, ...files }: LoadedPack): void {
  for (const part of ['detector', 'landmarker', 'embedder'] as const) {
    const description = manifest[part];
    const bytes = files[part];
    if (description === null || bytes === null) continue;
    const graph = parseModel(bytes);
    const isOpen = part === 'detector' && manifest.detector.sizeMultiplePx !== null;
    checkInput(graph, description.input, { field: `${part}.input`, isOpen });
    const outputs = graph.outputs.map(({ name }) => name);
    for (const name of listOutputs(description)) {
      if (!outputs.includes(name)) throw refuse(`${part}.outputs`, `one of ${outputs.join(', ')}`, name);
    }
  }
}

function checkInput(graph: Graph, input: ImageInput, { field, isOpen }: { field: string; isOpen: boolean }): void {
  const names = graph.inputs.map(({ name }) => name);
  const declared = graph.inputs.find(({ name }) => name === input.name)?.shape;
  if (declared === undefined) throw refuse(`${field}.name`, `one of ${names.join(', ')}`, input.name);
  const [, channels, height, width] = input.shape;
  const size: readonly Dimension[] = isOpen ? [null, null] : [height, width];
  const wanted: readonly Dimension[] = input.layout === 'nchw' ? [channels, ...size] : [...size, channels];
  const given = declared.slice(1);
  // What the file leaves open fits any size; what the manifest calls open must not be fixed in the file.
  const fits = declared.length === 4 && wanted.every((length, axis) => given[axis] == null || given[axis] === length);
  if (!fits) throw refuse(`${field}.shape`, describe([null, ...given]), describe([null, ...wanted]));
}

function describe(shape: readonly Dimension[]): string {
  return `[${shape.map((length) => length ?? 'open').join(', ')}]`;
}

function refuse(field: string, expected: string, received: string): AppError {
  return new AppError('bad-argument', `Expected ${expected} for ${field}, as the file has it, but received ${received}`, {
    parameters: { field },
  });
}
