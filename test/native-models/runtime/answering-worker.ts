/** A worker that opens the runtime it is told, runs the landmark network and posts the answer. */

import { parentPort, workerData } from 'node:worker_threads';
import { createKnownInput } from '../../../native-models/runtime/check-runtime.ts';
import { createRuntime } from '../../../native-models/runtime/create-runtime.ts';
import type { RuntimeName } from '../../../native-models/runtime/runtime.ts';
import { loadStandardPack } from '../../support/standard-pack.ts';

const { name, runs } = workerData as { name: RuntimeName; runs: number };
const pack = await loadStandardPack();
const runtime = await createRuntime(name);
const network = await runtime.load(pack.landmarker);
for (let run = 0; run < runs; run++) {
  const outputs = await network.run({ input: createKnownInput([2, 1, 64, 64]) });
  parentPort?.postMessage([...(outputs['output']?.data.subarray(0, 136) ?? [])]);
}
await network.dispose();
await runtime.dispose();
