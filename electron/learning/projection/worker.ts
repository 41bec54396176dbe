/** The worker thread that learns one projection and ends. */

import { answerTask } from '../../base/run-in-worker.ts';
import { learnProjection, type LearningTask } from './learn-projection.ts';

answerTask(({ input, options }: LearningTask, onProgress) => learnProjection(input, options, onProgress));
