/** The part of ONNX's protobuf messages that the reader needs: field numbers as in the ONNX specification. */

import protobuf from 'protobufjs';

type Fields = Record<string, { type: string; id: number; rule?: 'repeated' }>;

function repeated(type: string, id: number): Fields[string] {
  return { rule: 'repeated', type, id };
}

const root = protobuf.Root.fromJSON({
  nested: {
    Dimension: { fields: { dimValue: { type: 'int64', id: 1 }, dimParam: { type: 'string', id: 2 } } satisfies Fields },
    Shape: { fields: { dim: repeated('Dimension', 1) } },
    TensorType: { fields: { elemType: { type: 'int32', id: 1 }, shape: { type: 'Shape', id: 2 } } satisfies Fields },
    ValueType: { fields: { tensorType: { type: 'TensorType', id: 1 } } },
    ValueInfo: { fields: { name: { type: 'string', id: 1 }, type: { type: 'ValueType', id: 2 } } satisfies Fields },
    Tensor: {
      fields: {
        dims: repeated('int64', 1),
        dataType: { type: 'int32', id: 2 },
        floatData: repeated('float', 4),
        int32Data: repeated('int32', 5),
        int64Data: repeated('int64', 7),
        name: { type: 'string', id: 8 },
        rawData: { type: 'bytes', id: 9 },
        doubleData: repeated('double', 10),
        dataLocation: { type: 'int32', id: 14 },
      } satisfies Fields,
    },
    Attribute: {
      fields: {
        name: { type: 'string', id: 1 },
        f: { type: 'float', id: 2 },
        i: { type: 'int64', id: 3 },
        s: { type: 'bytes', id: 4 },
        t: { type: 'Tensor', id: 5 },
        floats: repeated('float', 7),
        ints: repeated('int64', 8),
        type: { type: 'int32', id: 20 },
      } satisfies Fields,
    },
    Node: {
      fields: {
        input: repeated('string', 1),
        output: repeated('string', 2),
        name: { type: 'string', id: 3 },
        opType: { type: 'string', id: 4 },
        attribute: repeated('Attribute', 5),
        domain: { type: 'string', id: 7 },
      } satisfies Fields,
    },
    Graph: {
      fields: {
        node: repeated('Node', 1),
        name: { type: 'string', id: 2 },
        initializer: repeated('Tensor', 5),
        input: repeated('ValueInfo', 11),
        output: repeated('ValueInfo', 12),
      } satisfies Fields,
    },
    OperatorSet: { fields: { domain: { type: 'string', id: 1 }, version: { type: 'int64', id: 2 } } satisfies Fields },
    Model: {
      fields: {
        irVersion: { type: 'int64', id: 1 },
        graph: { type: 'Graph', id: 7 },
        operatorSets: repeated('OperatorSet', 8),
      } satisfies Fields,
    },
  },
});

/** Encodes and decodes a whole ONNX file. */
export const modelMessage = root.lookupType('Model');

/** TensorProto.DataType */
export const dataTypes = { float: 1, int32: 6, int64: 7, bool: 9, double: 11 } as const;

/** AttributeProto.AttributeType */
export const attributeTypes = { float: 1, int: 2, string: 3, tensor: 4, floats: 6, ints: 7 } as const;

/** What decoding gives, as plain objects: absent fields are undefined, 64-bit integers are numbers. */
export interface DecodedTensor {
  dims?: number[];
  dataType?: number;
  floatData?: number[];
  int32Data?: number[];
  int64Data?: number[];
  doubleData?: number[];
  name?: string;
  rawData?: Uint8Array;
  dataLocation?: number;
}

export interface DecodedAttribute {
  name?: string;
  f?: number;
  i?: number;
  s?: Uint8Array;
  t?: DecodedTensor;
  floats?: number[];
  ints?: number[];
  type?: number;
}

export interface DecodedNode {
  input?: string[];
  output?: string[];
  name?: string;
  opType?: string;
  attribute?: DecodedAttribute[];
  domain?: string;
}

export interface DecodedValueInfo {
  name?: string;
  type?: { tensorType?: { elemType?: number; shape?: { dim?: { dimValue?: number; dimParam?: string }[] } } };
}

export interface DecodedModel {
  irVersion?: number;
  graph?: {
    node?: DecodedNode[];
    initializer?: DecodedTensor[];
    input?: DecodedValueInfo[];
    output?: DecodedValueInfo[];
  };
  operatorSets?: { domain?: string; version?: number }[];
}
