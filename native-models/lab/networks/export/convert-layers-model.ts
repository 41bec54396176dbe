/** Turns a model of TensorFlow.js's layers into a graph of ONNX's operators, for a pack to hold. */

import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { AppError } from '../../../../electron/base/errors.ts';
import { addNode, type GraphDraft } from '../../../onnx/graph-draft.ts';
import type { Dimension, FloatConstant, Graph } from '../../../onnx/graph.ts';
import { toChannelsFirst } from '../../../onnx/permutations.ts';
import { convertLayer, unsupportedLayer } from './convert-layer.ts';

const inputName = 'faces';

type AnyLayer = LayersModel['layers'][number];

/**
 * Pictures lie channels last in TensorFlow.js and channels first in the graph. Batch normalisation stays a node of its own:
 * runtimes fold it as they read the file.
 * @param model [n, height, width, channels] in, [n, dims] out; each layer used once
 * @returns [n, channels, height, width] in, [n, dims] out: unit vectors, whether or not the model makes them so itself
 * @throws AppError "unsupported-operator" naming the layer, "model-mismatch" for other shapes
 */
export async function convertLayersModel(model: LayersModel): Promise<Graph> {
  const shape = readPictureShape(model);
  const draft: GraphDraft = { nodes: [], constants: new Map() };
  const values = new Map<string, string>();
  // In an order in which every layer comes after those that it takes values from.
  for (const layer of model.layers) {
    const output = readOutput(layer);
    if (layer.getClassName() === 'InputLayer') {
      values.set(output.name, inputName);
      continue;
    }
    const inputs = listTensors(layer.input);
    const value = convertLayer(draft, {
      name: layer.name,
      className: layer.getClassName(),
      config: layer.getConfig(),
      inputs: inputs.map(({ name }) => values.get(name)!),
      inputShape: inputs[0]!.shape.slice(1),
      outputShape: output.shape.slice(1),
      weights: await readWeights(layer),
    });
    values.set(output.name, value);
  }
  const value = normalise(draft, values.get(model.outputs[0]!.name)!);
  return { operatorSet: 13, inputs: [{ name: inputName, shape }], outputs: [{ name: value, value }], ...draft };
}

function readPictureShape({ inputs, outputs }: LayersModel): Dimension[] {
  const [shape, embedding] = [inputs[0]?.shape ?? [], outputs[0]?.shape ?? []];
  const areSingle = inputs.length === 1 && outputs.length === 1;
  if (!areSingle || shape.length !== 4 || shape.slice(1).includes(null) || embedding.length !== 2) {
    const [taken, made] = [inputs, outputs].map((list) => list.map((one) => `[${one.shape.map((length) => length ?? 'n').join(', ')}]`).join(', '));
    throw new AppError('model-mismatch', `Expected one picture in and one embedding out but received ${taken} in and ${made} out`);
  }
  return toChannelsFirst.map((axis) => shape[axis] ?? null);
}

/** @returns what the layer makes, where it makes one thing once */
function readOutput(layer: AnyLayer): SymbolicTensor {
  const nameAndClass = { name: layer.name, className: layer.getClassName() };
  if (layer.inboundNodes.length !== 1) throw unsupportedLayer(nameAndClass, ' that is used more than once');
  const [output, ...more] = listTensors(layer.output);
  if (output === undefined || more.length > 0) throw unsupportedLayer(nameAndClass, ` of ${more.length + 1} outputs`);
  return output;
}

function listTensors(tensors: SymbolicTensor | SymbolicTensor[]): SymbolicTensor[] {
  return Array.isArray(tensors) ? tensors : [tensors];
}

/** @returns the name of the value as unit vectors */
function normalise(draft: GraphDraft, value: string): string {
  const last = draft.nodes.at(-1);
  const isNormalised = last?.operator === 'LpNormalization' && last.outputs.includes(value);
  return isNormalised ? value : addNode(draft, 'LpNormalization', [value], `${value}.unit`, { axis: -1, p: 2 });
}

/** In the order that the layer keeps; what a GPU holds is fetched. */
async function readWeights(layer: AnyLayer): Promise<FloatConstant[]> {
  return await Promise.all(
    layer.getWeights().map(async (weight): Promise<FloatConstant> => {
      return { type: 'float32', shape: weight.shape, data: new Float32Array(await weight.data<'float32'>()) };
    }),
  );
}
