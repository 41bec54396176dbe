/** Reads the bytes of an ONNX file into a graph. */

import { AppError } from '../../electron/base/errors.ts';
import { malformed, sizeOfShape, type AttributeValue, type Constant, type Dimension, type Graph, type GraphNode } from './graph.ts';
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

/** Older sets give some operators another meaning (BatchNormalization, broadcasting). */
const oldestOperatorSet = 7;

/**
 * @param bytes an ONNX file that holds its weights itself
 * @returns the graph; the first dimension of every input is taken as the batch [Note: batch dimension], and any other
 *   that the file leaves open is null too, for fixInputShapes to fill
 * @throws AppError "model-mismatch" where the bytes are not such a file
 */
export function parseModel(bytes: Uint8Array): Graph {
  const model = decode(bytes);
  const { graph } = model;
  if (graph === undefined) throw malformed('an ONNX file with a graph', `${bytes.length} bytes without one`);
  const operatorSet = readOperatorSet(model);

  const constants = new Map<string, Constant>();
  for (const tensor of graph.initializer ?? []) constants.set(tensor.name ?? '', readTensor(tensor, tensor.name ?? ''));
  const nodes = (graph.node ?? []).map(readNode);
  // Before version 4 of the format the initializers are listed among the inputs too.
  const inputs = (graph.input ?? []).filter((input) => !constants.has(input.name ?? '')).map(readInput);
  const outputs = (graph.output ?? []).map(({ name = '' }) => ({ name, value: name }));
  if (nodes.length === 0 || inputs.length === 0 || outputs.length === 0) {
    throw malformed('a graph with nodes, inputs and outputs', `${nodes.length}, ${inputs.length} and ${outputs.length}`);
  }
  return { operatorSet, inputs, outputs, nodes, constants };
}

function decode(bytes: Uint8Array): DecodedModel {
  try {
    return modelMessage.toObject(modelMessage.decode(bytes), { longs: Number }) as DecodedModel;
  } catch (error) {
    throw new AppError('model-mismatch', `Expected an ONNX file but received ${bytes.length} bytes that do not parse`, {
      cause: error,
    });
  }
}

function readOperatorSet(model: DecodedModel): number {
  const version = model.operatorSets?.find(({ domain = '' }) => domain === '' || domain === 'ai.onnx')?.version;
  if (version === undefined || version < oldestOperatorSet) {
    throw malformed(`operator set ${oldestOperatorSet} or newer`, `${version ?? 'none'}`);
  }
  return version;
}

function readInput({ name = '', type }: DecodedValueInfo): Graph['inputs'][number] {
  const tensorType = type?.tensorType;
  if (tensorType?.elemType !== dataTypes.float) {
    throw malformed(`float32 for input ${name}`, `data type ${tensorType?.elemType ?? 'none'}`);
  }
  const shape = (tensorType.shape?.dim ?? []).map(({ dimValue = 0, dimParam = '' }, axis): Dimension => {
    if (axis === 0 && dimValue === 1) return null;
    return dimValue > 0 && dimParam === '' ? dimValue : null;
  });
  return { name, shape };
}

function readNode({ name = '', opType = '', domain = '', input = [], output = [], attribute = [] }: DecodedNode): GraphNode {
  const isStandard = domain === '' || domain === 'ai.onnx';
  const attributes = new Map<string, AttributeValue>();
  for (const decoded of attribute) {
    const value = readAttribute(decoded);
    if (value !== undefined) attributes.set(decoded.name ?? '', value);
  }
  return { name, operator: isStandard ? opType : `${domain}.${opType}`, inputs: input, outputs: output, attributes };
}

function readAttribute(attribute: DecodedAttribute): AttributeValue | undefined {
  switch (attribute.type) {
    case attributeTypes.float:
      return attribute.f ?? 0;
    case attributeTypes.int:
      return attribute.i ?? 0;
    case attributeTypes.string:
      return new TextDecoder().decode(attribute.s);
    case attributeTypes.tensor:
      return readTensor(attribute.t ?? {}, attribute.name ?? '');
    case attributeTypes.floats:
      return attribute.floats ?? [];
    case attributeTypes.ints:
      return attribute.ints ?? [];
    default:
      // Subgraphs, sparse tensors and lists of text belong to operators that folding refuses by name.
      return undefined;
  }
}

function readTensor(tensor: DecodedTensor, name: string): Constant {
  if ((tensor.dataLocation ?? 0) !== 0) throw malformed(`tensor ${name} inside the file`, 'data kept elsewhere');
  const shape = tensor.dims ?? [];
  const constant = readElements(tensor, shape, name);
  const expected = sizeOfShape(shape);
  if (constant.data.length !== expected) {
    throw malformed(`${expected} elements in tensor ${name}`, `${constant.data.length}`);
  }
  return constant;
}

function readElements(tensor: DecodedTensor, shape: readonly number[], name: string): Constant {
  const raw = tensor.rawData ?? new Uint8Array();
  // A typed array needs an aligned start, which a slice of the file does not have: hence the copies.
  const copy = raw.length > 0 ? new Uint8Array(raw).buffer : undefined;
  try {
    switch (tensor.dataType) {
      case dataTypes.float:
        return { type: 'float32', shape, data: copy ? new Float32Array(copy) : Float32Array.from(tensor.floatData ?? []) };
      case dataTypes.double:
        return { type: 'float32', shape, data: Float32Array.from(copy ? new Float64Array(copy) : (tensor.doubleData ?? [])) };
      case dataTypes.int64:
        return { type: 'int64', shape, data: copy ? Array.from(new BigInt64Array(copy), Number) : (tensor.int64Data ?? []) };
      case dataTypes.int32:
        return { type: 'int64', shape, data: copy ? Array.from(new Int32Array(copy)) : (tensor.int32Data ?? []) };
      case dataTypes.bool:
        return { type: 'int64', shape, data: copy ? Array.from(new Uint8Array(copy)) : (tensor.int32Data ?? []) };
      default:
        throw malformed(`float32 or integers in tensor ${name}`, `data type ${tensor.dataType ?? 'none'}`);
    }
  } catch (error) {
    if (error instanceof RangeError) throw malformed(`whole elements in tensor ${name}`, `${raw.length} bytes`);
    throw error;
  }
}
