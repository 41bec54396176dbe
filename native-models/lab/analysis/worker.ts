/** Entry of an analyzer's worker thread with parts of the pipeline replaced. */

import { parentPort, workerData } from 'node:worker_threads';
import type { WorkerSetup } from '../../../electron/pipeline/protocol.ts';
import { serveAnalyzer } from '../../../electron/pipeline/serve-analyzer.ts';
import { replaceParts, type AnalysisChoice } from './analysis-choice.ts';

export interface LabWorkerSetup extends WorkerSetup {
  readonly choice: AnalysisChoice;
}

if (parentPort === null) throw new Error('Expected to run in a worker thread');
const setup = workerData as LabWorkerSetup;
await serveAnalyzer(parentPort, setup, (networks) => replaceParts(networks, setup.choice));
