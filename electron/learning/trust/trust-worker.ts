/** The worker thread that measures trust once, and ends. */

import { answerTask } from '../../base/run-in-worker.ts';
import { measureTrust, type TrustTask } from './measure-trust.ts';

answerTask(({ faces, options }: TrustTask) => measureTrust(faces, options));
