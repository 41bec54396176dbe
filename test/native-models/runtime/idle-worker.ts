/** A worker thread that opens the runtime it is told of, runs nothing on it and ends. */

import { workerData } from 'node:worker_threads';
import { createRuntime } from '../../../native-models/runtime/create-runtime.ts';
import type { RuntimeName } from '../../../native-models/runtime/runtime.ts';

const runtime = await createRuntime(workerData as RuntimeName);
await runtime.dispose();
