/** Reads where a Pad node puts zeros. */

import {
  readNumber,
  readNumbersFromInputOrAttribute,
  readText,
  unsupported,
  type Constant,
  type GraphNode,
  type Shape,
} from './graph.ts';

/** Elements before and after, along one axis. */
export type AxisPads = readonly [number, number];

/**
 * @param shape of the value that is padded
 * @returns for every axis
 * @throws AppError "unsupported-operator" for anything but zeros around the elements of each single input
 */
export function readPaddings(node: GraphNode, constants: ReadonlyMap<string, Constant>, shape: Shape): readonly AxisPads[] {
  const mode = readText(node, 'mode', 'constant');
  if (mode !== 'constant') throw unsupported(node, ` with mode ${mode}`);
  const [value = readNumber(node, 'value', 0)] = readNumbersFromInputOrAttribute(node, constants, 2, 'values') ?? [];
  if (value !== 0) throw unsupported(node, ` with ${value}`);
  if ((node.inputs[3] ?? '') !== '') throw unsupported(node, ' with axes');
  const pads = readNumbersFromInputOrAttribute(node, constants, 1, 'pads') ?? [];
  const rank = shape.length;
  if (pads.length !== 2 * rank || pads.some((pad) => pad < 0)) throw unsupported(node, ` with pads ${pads.join(', ')}`);
  if (pads[0] !== 0 || pads[rank] !== 0) throw unsupported(node, ' along the batch');
  return shape.map((_, axis): AxisPads => [pads[axis] ?? 0, pads[axis + rank] ?? 0]);
}
