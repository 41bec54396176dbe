/** The worker thread that measures trust once, and ends. */

import { parentPort, workerData } from 'node:worker_threads';
import { AppError, serializeError } from '../../../electron/base/errors.ts';
import { measureTrust } from './measure-trust.ts';
import type { TrustReply, TrustTask } from './measure-in-worker.ts';

if (parentPort === null) throw new AppError('internal', 'Expected to run in a worker thread but received no parent');
const { faces, options } = workerData as TrustTask;
let reply: TrustReply;
try {
  reply = { kind: 'measured', scores: measureTrust(faces, options) };
} catch (error) {
  reply = { kind: 'failed', error: serializeError(error) };
}
parentPort.postMessage(reply);
