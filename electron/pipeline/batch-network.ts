/** Gathers what several photos ask of a network at the same time into one run. */

import type { FloatTensor, Network } from '../../native-models/runtime/runtime.ts';

export interface BatchOptions {
  /** Images that one run should carry, where so many are asked for. */
  readonly preferredBatch: number;
  /** For how long an image waits for company. */
  readonly waitMs: number;
}

interface Request {
  readonly inputs: Readonly<Record<string, FloatTensor>>;
  /** Length of the first dimension. */
  readonly rows: number;
  readonly resolve: (outputs: Record<string, FloatTensor>) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * [Note: batches across photos] A GPU, and TensorFlow on a processor, take hardly longer for eight images than for one,
 * but most photos show one or two faces. So a worker has several photos under way, and what they ask of one network
 * within a moment, at one size, runs together.
 * @returns the same network where a run gains nothing from company
 */
export function batchNetwork(network: Network, { preferredBatch, waitMs }: BatchOptions): Network {
  if (preferredBatch <= 1) return network;
  const waiting = new Map<string, Request[]>();
  const timers = new Map<string, NodeJS.Timeout>();

  function flush(key: string): void {
    clearTimeout(timers.get(key));
    timers.delete(key);
    const requests = waiting.get(key) ?? [];
    waiting.delete(key);
    if (requests.length > 0) void runTogether(network, requests);
  }

  return {
    inputs: network.inputs,
    outputs: network.outputs,
    run: (inputs) =>
      new Promise((resolve, reject) => {
        const key = describeSizes(inputs);
        const rows = Object.values(inputs)[0]?.shape[0] ?? 1;
        const requests = waiting.get(key) ?? [];
        if (countRows(requests) + rows > preferredBatch) flush(key);
        waiting.set(key, [...(waiting.get(key) ?? []), { inputs, rows, resolve, reject }]);
        if (countRows(waiting.get(key)!) >= preferredBatch) flush(key);
        else if (!timers.has(key)) timers.set(key, setTimeout(() => flush(key), waitMs));
      }),
    async dispose() {
      for (const key of [...waiting.keys()]) flush(key);
      await network.dispose();
    },
  };
}

/** What is wrong with one request is found out with the others: each then runs alone. */
async function runTogether(network: Network, requests: readonly Request[]): Promise<void> {
  if (requests.length > 1) {
    try {
      const outputs = await network.run(stackInputs(requests));
      let start = 0;
      for (const { rows, resolve } of requests) {
        resolve(takeRows(outputs, start, rows));
        start += rows;
      }
      return;
    } catch {
      // Fall through.
    }
  }
  for (const { inputs, resolve, reject } of requests) await network.run(inputs).then(resolve, reject);
}

function stackInputs(requests: readonly Request[]): Record<string, FloatTensor> {
  const rows = countRows(requests);
  const stacked: Record<string, FloatTensor> = {};
  for (const [name, { shape, data: first }] of Object.entries(requests[0]!.inputs)) {
    const rowLength = first.length / shape[0]!;
    const data = new Float32Array(rows * rowLength);
    let at = 0;
    for (const { inputs } of requests) {
      data.set(inputs[name]!.data, at);
      at += inputs[name]!.data.length;
    }
    stacked[name] = { shape: [rows, ...shape.slice(1)], data };
  }
  return stacked;
}

function takeRows(outputs: Readonly<Record<string, FloatTensor>>, start: number, rows: number): Record<string, FloatTensor> {
  const taken: Record<string, FloatTensor> = {};
  for (const [name, { shape, data }] of Object.entries(outputs)) {
    const rowLength = data.length / shape[0]!;
    taken[name] = { shape: [rows, ...shape.slice(1)], data: data.slice(start * rowLength, (start + rows) * rowLength) };
  }
  return taken;
}

function countRows(requests: readonly Request[]): number {
  return requests.reduce((sum, { rows }) => sum + rows, 0);
}

/** Requests run together where all their dimensions but the first agree. */
function describeSizes(inputs: Readonly<Record<string, FloatTensor>>): string {
  return Object.entries(inputs)
    .map(([name, { shape }]) => `${name}:${shape.slice(1).join('x')}`)
    .join(' ');
}
