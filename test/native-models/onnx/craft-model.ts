/** Writes small ONNX files for tests of the reader. */

import { attributeTypes, dataTypes, modelMessage, type DecodedModel, type DecodedTensor } from '../../../native-models/onnx/schema.ts';

export interface CraftedNode {
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly output: string;
  readonly name?: string;
  readonly domain?: string;
  readonly integers?: Readonly<Record<string, number | readonly number[]>>;
  readonly floats?: Readonly<Record<string, number>>;
  readonly texts?: Readonly<Record<string, string>>;
  readonly tensors?: Readonly<Record<string, CraftedTensor>>;
}

export interface CraftedTensor {
  readonly shape: readonly number[];
  readonly floats?: readonly number[];
  readonly integers?: readonly number[];
}

export interface CraftedModel {
  readonly nodes: readonly CraftedNode[];
  /** A text names a length that is left open. */
  readonly input?: readonly (number | string)[];
  readonly outputs: readonly string[];
  readonly constants?: Readonly<Record<string, CraftedTensor>>;
  readonly operatorSet?: number;
}

/** @returns an ONNX file with one input, "x"; its outputs' shapes are left open */
export function craftModel(model: CraftedModel): Uint8Array {
  const decoded: DecodedModel = {
    irVersion: 7,
    operatorSets: [{ domain: '', version: model.operatorSet ?? 11 }],
    graph: {
      node: model.nodes.map(craftNode),
      initializer: Object.entries(model.constants ?? {}).map(([name, tensor]) => craftTensor(name, tensor)),
      input: [
        {
          name: 'x',
          type: {
            tensorType: {
              elemType: dataTypes.float,
              shape: { dim: (model.input ?? [1, 2, 4, 4]).map((size) => (typeof size === 'string' ? { dimParam: size } : { dimValue: size })) },
            },
          },
        },
      ],
      output: model.outputs.map((name) => ({ name, type: { tensorType: { elemType: dataTypes.float } } })),
    },
  };
  return modelMessage.encode(modelMessage.fromObject(decoded)).finish();
}

function craftNode(node: CraftedNode): NonNullable<NonNullable<DecodedModel['graph']>['node']>[number] {
  const integers = Object.entries(node.integers ?? {}).map(([name, value]) =>
    typeof value === 'number'
      ? { name, i: value, type: attributeTypes.int }
      : { name, ints: [...value], type: attributeTypes.ints },
  );
  const floats = Object.entries(node.floats ?? {}).map(([name, f]) => ({ name, f, type: attributeTypes.float }));
  const texts = Object.entries(node.texts ?? {}).map(([name, text]) => ({
    name,
    s: new TextEncoder().encode(text),
    type: attributeTypes.string,
  }));
  const tensors = Object.entries(node.tensors ?? {}).map(([name, tensor]) => ({
    name,
    t: craftTensor(name, tensor),
    type: attributeTypes.tensor,
  }));
  return {
    name: node.name ?? '',
    opType: node.operator,
    domain: node.domain ?? '',
    input: [...node.inputs],
    output: [node.output],
    attribute: [...integers, ...floats, ...texts, ...tensors],
  };
}

function craftTensor(name: string, { shape, floats, integers }: CraftedTensor): DecodedTensor {
  const dims = [...shape];
  if (integers !== undefined) return { name, dims, dataType: dataTypes.int64, int64Data: [...integers] };
  return { name, dims, dataType: dataTypes.float, rawData: new Uint8Array(Float32Array.from(floats ?? []).buffer) };
}

/** Numbers without a pattern that a mix-up of axes could keep: 0.8 sin(0.37 i + phase). */
export function wave(length: number, phase = 0): number[] {
  return Array.from({ length }, (_, index) => 0.8 * Math.sin(0.37 * index + phase));
}
