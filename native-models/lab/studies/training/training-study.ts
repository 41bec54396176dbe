/** Trains a network once for each arm of a study, and keeps what is finished. */

import path from 'node:path';
import { readTrainingReport, type TestFigures, type TrainingReport } from '../../training/runs/train-and-test.ts';
import type { TrainingOptions } from '../../training/runs/training-options.ts';

/** What is trained once. */
export interface StudyArm {
  /** As it is called in tables. */
  readonly name: string;
  /** Of its own, within the study's. */
  readonly folder: string;
  /** Of an embedding. */
  readonly dims: number;
  /** Of the people to learn from, 0 to 1. */
  readonly share: number;
  readonly options: TrainingOptions;
}

export interface StudiedArm<Arm extends StudyArm = StudyArm> {
  readonly arm: Arm;
  readonly report: TrainingReport;
}

/** @param folder an arm that was finished there with the same options is not trained again
 *  @param train writes its report into the folder that it is given */
export async function runTrainingStudy<Arm extends StudyArm>(
  arms: readonly Arm[],
  folder: string,
  train: (arm: Arm, folder: string) => Promise<TrainingReport>,
): Promise<StudiedArm<Arm>[]> {
  const studied: StudiedArm<Arm>[] = [];
  for (const arm of arms) {
    const armFolder = path.join(folder, arm.folder);
    const kept = await readTrainingReport(armFolder);
    // Through JSON, as the kept ones went.
    const isSame = kept !== null && JSON.stringify(kept.options) === JSON.stringify(arm.options);
    studied.push({ arm, report: isSame ? kept : await train(arm, armFolder) });
  }
  return studied;
}

/** @param far one of those that trainings are tested at */
export function rateAt({ rates }: TestFigures, far: number): TestFigures['rates'][number] {
  return rates.find((rate) => rate.far === far)!;
}
