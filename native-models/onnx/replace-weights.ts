/** Puts other weights into a folded graph: the way back from a plan whose constants have been trained. */

import { cutGraph } from './cut-graph.ts';
import { requireInput, requireOutput, type Constant, type FloatConstant, type Graph, type GraphNode } from './graph.ts';
import { permuteConstant } from './permutations.ts';
import type { Plan, Step } from './plan.ts';

/** Steps that learn: convolutions and products. */
export type WeightedStep = Extract<Step, { readonly filter: string } | { readonly weights: string }>;

export function isWeighted(step: Step): step is WeightedStep {
  return 'filter' in step || 'weights' in step;
}

/** @returns names of the plan's constants that `step` learns: filters or weights, bias, slopes of its PReLU */
export function listWeights(step: WeightedStep): string[] {
  const { bias, activation } = step;
  const factors = 'filter' in step ? step.filter : step.weights;
  const slopes = activation?.kind === 'prelu' ? [activation.slopes] : [];
  return [factors, ...(bias === undefined ? [] : [bias]), ...slopes];
}

/**
 * Nodes whose weights stay are written as they are, to the bit. Convolutions in groups cannot be changed.
 * @param graph as foldNetwork leaves it
 * @param weights by the name that they have in the plan of `graph`, arranged as there
 * @returns a graph of ONNX's own operators, under the names of outputs that callers know
 */
export function replaceWeights(graph: Graph, plan: Plan, weights: ReadonlyMap<string, FloatConstant>): Graph {
  const constants = new Map<string, Constant>(graph.constants);
  const steps = new Map(plan.steps.filter(isWeighted).map((step) => [step.output.replace(/@channels-last$/, ''), step]));
  const nodes = graph.nodes.flatMap((node) => {
    const step = steps.get(requireOutput(node));
    const isChanged = step !== undefined && listWeights(step).some((name) => weights.has(name));
    return spellOutActivation(isChanged ? replaceNode(node, step, { plan, weights, constants }) : node, constants);
  });
  // Folding may have renamed an output; the file is to call it what callers know.
  const renamed = graph.outputs.filter(({ name, value }) => name !== value);
  nodes.push(...renamed.map(({ name, value }) => createNode('Identity', [value], name)));
  const outputs = graph.outputs.map(({ name }) => name);
  return cutGraph({ ...graph, nodes, constants, outputs: outputs.map((name) => ({ name, value: name })) }, { outputs });
}

interface Replacement {
  readonly plan: Plan;
  readonly weights: ReadonlyMap<string, FloatConstant>;
  /** Takes the new ones. */
  readonly constants: Map<string, Constant>;
}

function replaceNode(node: GraphNode, step: WeightedStep, { plan, weights, constants }: Replacement): GraphNode {
  const take = (name: string): FloatConstant => weights.get(name) ?? plan.constants.get(name)!;
  const output = requireOutput(node);
  const set = (part: string, constant: FloatConstant): string => {
    const name = `${output}@trained-${part}`;
    constants.set(name, constant);
    return name;
  };
  const factors = set('weights', 'filter' in step ? declareFilter(step, take(step.filter)) : take(step.weights));
  const bias = step.bias === undefined ? [] : [set('bias', take(step.bias))];
  const slopes = step.activation?.kind === 'prelu' ? take(step.activation.slopes).data : undefined;
  const activation = slopes === undefined ? node.activation : { kind: 'prelu' as const, slopes };
  const inputs = [requireInput(node, 0), factors, ...bias];
  const changed = { ...node, inputs, ...(activation === undefined ? {} : { activation }) };
  if ('filter' in step) return changed;
  // The plan's weights are [inputs, outputs] and hold what Gemm's attributes say.
  return { ...changed, operator: bias.length > 0 ? 'Gemm' : 'MatMul', attributes: new Map() };
}

/** @returns the filter as ONNX declares it, [channels out, channels in of a group, height, width] */
function declareFilter(step: Extract<WeightedStep, { readonly filter: string }>, filter: FloatConstant): FloatConstant {
  if (step.kind === 'convolution') return permuteConstant(filter, [3, 2, 0, 1]);
  const [height = 0, width = 0, channels = 0, multiplier = 0] = filter.shape;
  return { ...permuteConstant(filter, [2, 3, 0, 1]), shape: [channels * multiplier, 1, height, width] };
}

/** Makes an activation a node of its own again, as ONNX knows it. */
function spellOutActivation({ activation, ...node }: GraphNode, constants: Map<string, Constant>): GraphNode[] {
  if (activation === undefined) return [node];
  const output = requireOutput(node);
  const linear = `${output}@linear`;
  const host = { ...node, outputs: [linear] };
  const add = (part: string, data: Float32Array, shape: readonly number[]): string => {
    constants.set(`${output}@${part}`, { type: 'float32', shape, data });
    return `${output}@${part}`;
  };
  switch (activation.kind) {
    case 'relu':
      return [host, createNode('Relu', [linear], output)];
    case 'relu6':
      return [host, createNode('Clip', [linear, add('lowest', Float32Array.of(0), []), add('highest', Float32Array.of(6), [])], output)];
    case 'prelu': {
      const { slopes } = activation;
      const shape = node.operator === 'Conv' ? [slopes.length, 1, 1] : [slopes.length];
      return [host, createNode('PRelu', [linear, add('slopes', slopes, shape)], output)];
    }
  }
}

function createNode(operator: string, inputs: readonly string[], output: string): GraphNode {
  return { name: '', operator, inputs, outputs: [output], attributes: new Map() };
}
