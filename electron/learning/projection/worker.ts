/** The worker thread that learns one projection and ends. */

import { answerTask } from '../../base/run-in-worker.ts';
import { learnProjection } from './learn-projection.ts';
import type { LearningTask } from './start-learning.ts';

answerTask(({ input, options }: LearningTask, onProgress) => learnProjection(input, options, onProgress));
