/** The worker thread that measures trust once, and ends. */

import { answerTask } from '../../base/run-in-worker.ts';
import type { TrustTask } from './measure-in-worker.ts';
import { measureTrust } from './measure-trust.ts';

answerTask(({ faces, options }: TrustTask) => measureTrust(faces, options));
