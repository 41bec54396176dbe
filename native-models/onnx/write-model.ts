/** Writes a graph as the bytes of an ONNX file: what parseModel reads, it gives back. */

import type { AttributeValue, Constant, Dimension, Graph, GraphNode } from './graph.ts';
import {
  attributeTypes,
  dataTypes,
  modelMessage,
  type DecodedAttribute,
  type DecodedModel,
  type DecodedNode,
  type DecodedTensor,
  type DecodedValueInfo,
} from './schema.ts';

/** The oldest version of the format whose initializers need not be listed among the inputs, see the ONNX spec, IR. */
const formatVersion = 4;

/** ONNX attributes of operators that Kindred writes whose type is float even where their value is whole. */
const floatAttributeNames: ReadonlySet<string> = new Set(['alpha', 'beta', 'bias', 'epsilon', 'momentum', 'min', 'max']);

/**
 * The same graph gives the same bytes. Open dimensions are written by name: the batch, then height and width.
 * @returns an ONNX file that holds its weights itself
 */
export function writeModel(graph: Graph): Uint8Array {
  const decoded: DecodedModel = {
    irVersion: formatVersion,
    operatorSets: [{ domain: '', version: graph.operatorSet }],
    graph: {
      node: graph.nodes.map(writeNode),
      initializer: [...graph.constants].map(([name, constant]) => writeTensor(name, constant)),
      input: graph.inputs.map(({ name, shape }) => writeInput(name, shape)),
      output: graph.outputs.map(({ value }) => ({ name: value, type: { tensorType: { elemType: dataTypes.float } } })),
    },
  };
  return modelMessage.encode(modelMessage.fromObject(decoded)).finish();
}

function writeInput(name: string, shape: readonly Dimension[]): DecodedValueInfo {
  const dim = shape.map((length, axis) => (length === null ? { dimParam: `${name}_${axis}` } : { dimValue: length }));
  return { name, type: { tensorType: { elemType: dataTypes.float, shape: { dim } } } };
}

function writeNode(node: GraphNode): DecodedNode {
  const split = node.operator.lastIndexOf('.');
  return {
    name: node.name,
    opType: node.operator.slice(split + 1),
    domain: split < 0 ? '' : node.operator.slice(0, split),
    input: [...node.inputs],
    output: [...node.outputs],
    attribute: [...node.attributes].map(([name, value]) => writeAttribute(name, value)),
  };
}

function writeAttribute(name: string, value: AttributeValue): DecodedAttribute {
  if (typeof value === 'string') return { name, s: new TextEncoder().encode(value), type: attributeTypes.string };
  if (typeof value === 'number') {
    const isFloat = floatAttributeNames.has(name) || !Number.isInteger(value);
    return isFloat ? { name, f: value, type: attributeTypes.float } : { name, i: value, type: attributeTypes.int };
  }
  if ('type' in value) return { name, t: writeTensor(name, value), type: attributeTypes.tensor };
  const areFloats = value.some((element) => !Number.isInteger(element));
  return areFloats
    ? { name, floats: [...value], type: attributeTypes.floats }
    : { name, ints: [...value], type: attributeTypes.ints };
}

function writeTensor(name: string, constant: Constant): DecodedTensor {
  const dims = [...constant.shape];
  if (constant.type === 'float32') {
    const { buffer, byteOffset, byteLength } = constant.data;
    return { name, dims, dataType: dataTypes.float, rawData: new Uint8Array(buffer, byteOffset, byteLength) };
  }
  // "As many as there are" is the only open length that a shape constant can hold.
  return { name, dims, dataType: dataTypes.int64, int64Data: constant.data.map((value) => value ?? -1) };
}
