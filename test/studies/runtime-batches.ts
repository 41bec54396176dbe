/**
 * Measures whether ONNX Runtime on one CPU thread gains from batches: images one by one against the batch opened.
 * Run: node --import tsx test/studies/runtime-batches.ts
 */

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { openBatch } from '../../native-models/onnx/open-batch.ts';
import { parseModel } from '../../native-models/onnx/parse-model.ts';
import { writeModel } from '../../native-models/onnx/write-model.ts';
import { createKnownInput, listNetworks, readInputShape } from '../../native-models/runtime/check-runtime.ts';
import { createRuntime } from '../../native-models/runtime/create-runtime.ts';
import { loadStandardPack, standardPackFolder } from '../support/standard-pack.ts';

const rounds = 20;

/** Of the process, milliseconds: other programs on the machine do not count. */
function readCpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function median(values: readonly number[]): number {
  return [...values].sort((first, second) => first - second)[Math.floor(values.length / 2)] ?? Number.NaN;
}

const runtime = await createRuntime('onnx');
for (const { file, input } of listNetworks(await loadStandardPack())) {
  const bytes = readFileSync(path.join(standardPackFolder(), file));
  const networks = [await runtime.load(bytes), await runtime.load(writeModel(openBatch(parseModel(bytes))))];
  for (const batch of [1, 2, 4, 8, 16]) {
    const given = { [input.name]: createKnownInput(readInputShape(input, batch)) };
    const times: number[][] = [[], []];
    // In turns, so that both see the same machine.
    for (let round = 0; round < rounds; round++) {
      for (const [index, network] of networks.entries()) {
        const startMs = readCpuMs();
        await network.run(given);
        times[index]?.push((readCpuMs() - startMs) / batch);
      }
    }
    const [single, opened] = times.map((list) => median(list).toFixed(2));
    process.stdout.write(`${file}, batch ${batch}: ${single} ms an image one by one, ${opened} in one run\n`);
  }
}
