/** A process that trains on WebGPU and prints what came out. */

import { isAppError } from '../../../../electron/base/errors.ts';
import { openTrainingBackend } from '../../../../native-models/lab/training/open-training-backend.ts';
import { takeTinyStep, trainTinyPack, type StepAnswer, type TrainingAnswer } from './tiny-training.ts';

/** What the process prints. */
export type WebGpuTrainingReport =
  | { readonly missing: string }
  | { readonly description: string; readonly step: StepAnswer; readonly training: TrainingAnswer };

async function report(): Promise<WebGpuTrainingReport> {
  try {
    const { description } = await openTrainingBackend('webgpu', 1);
    return { description, step: await takeTinyStep(3), training: await trainTinyPack() };
  } catch (error) {
    if (isAppError(error, 'runtime-unavailable')) return { missing: String(error.parameters['reason']) };
    throw error;
  }
}

process.stdout.write(JSON.stringify(await report()), () => process.exit(0));
