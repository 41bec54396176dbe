/** The worker thread that learns one projection and ends. */

import { parentPort, workerData } from 'node:worker_threads';
import { AppError, serializeError } from '../../../electron/base/errors.ts';
import { learnProjection } from './learn-projection.ts';
import type { LearningReply, LearningRequest } from './protocol.ts';

const { input, options, cancelFlag } = workerData as LearningRequest;
const reply = (message: LearningReply): void => parentPort?.postMessage(message);
try {
  const outcome = learnProjection(input, options, {
    onProgress: (done) => reply({ kind: 'progress', done }),
    throwIfCancelled: () => {
      if (Atomics.load(cancelFlag, 0) === 1) throw new AppError('cancelled', 'Expected to learn to the end but received a cancel');
    },
  });
  reply({ kind: 'outcome', outcome });
} catch (error) {
  reply({ kind: 'error', error: serializeError(error) });
}
