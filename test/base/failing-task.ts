/** A worker's task that fails, for the tests of what comes of it. */

import { AppError } from '../../electron/base/errors.ts';
import { answerTask } from '../../electron/base/run-in-worker.ts';

answerTask(() => {
  throw new AppError('bad-argument', 'Expected less', { cause: new RangeError('too long'), parameters: { field: 'length' } });
});
