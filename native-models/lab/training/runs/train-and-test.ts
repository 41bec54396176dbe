/** Trains a network in a folder of its own: checkpoint, curves, and how it does on people whom nothing was chosen by. */

import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { VerificationScores } from '../../../../electron/learning/verification/verification.ts';
import { drawTraining } from './draw-training.ts';
import { measureChips, readyChips } from './measure-chips.ts';
import type { TrainingOptions } from './training-options.ts';
import { trainNetwork, type TrainingCheck, type TrainingResult, type TrainingRun } from './train-network.ts';

export interface TrainAndTestOptions extends Omit<TrainingRun, 'checkpointFile'> {
  /** Absolute; made where it is missing. */
  readonly folder: string;
  /** What results.json says besides: data, runtime. */
  readonly facts: Readonly<Record<string, unknown>>;
}

export interface TrainingReport {
  readonly title: string;
  readonly options: TrainingOptions;
  readonly end: TrainingResult['end'];
  readonly best: TrainingCheck;
  readonly checks: readonly TrainingCheck[];
  /** On the people to test on, as the network was before, and with its best weights. */
  readonly untrained: TestFigures;
  readonly trained: TestFigures;
}

export interface TestFigures {
  readonly faces: number;
  readonly people: number;
  readonly genuinePairs: number;
  readonly impostorPairs: number;
  readonly rates: VerificationScores['rates'];
  readonly equalError: VerificationScores['equalError'];
}

const testRates = [1e-2, 1e-3, 1e-4, 1e-5];
const bootstrapRounds = 100;
const resultsFile = 'results.json';
const untrainedFile = 'untrained.json';

/** The network has its best weights afterwards.
 *  @throws AppError as trainNetwork does */
export async function trainAndTest({ folder, facts, ...run }: TrainAndTestOptions): Promise<TrainingReport> {
  await mkdir(folder, { recursive: true });
  const isTested = new Set(run.split.test);
  const ready = await readyChips(
    run.chips.filter(({ person }) => isTested.has(person)),
    run.shape,
  );
  const test = async (): Promise<TestFigures> => {
    const measurement = { slice: run.options.slice, falseAcceptRates: testRates, bootstrapRounds, seed: run.options.seed };
    const { roc: _roc, ...figures } = await measureChips(run.network, ready, measurement);
    return figures;
  };
  // The weights that a training goes on with are not the first ones any more.
  const kept = run.resumes ? await readJson<TestFigures>(path.join(folder, untrainedFile)) : null;
  const untrained = kept ?? (await test());
  await writeJson(path.join(folder, untrainedFile), untrained);
  const result = await trainNetwork({ ...run, checkpointFile: path.join(folder, 'checkpoint.bin') });
  const report: TrainingReport = { title: run.title, options: run.options, ...result, untrained, trained: await test() };
  for (const [name, svg] of Object.entries(drawTraining(run.title, result.checks))) await writeFile(path.join(folder, name), svg);
  const { training, validation, test: tested } = run.split;
  const people = { training: training.length, validation: validation.length, test: tested.length };
  await writeJson(path.join(folder, resultsFile), { ...facts, people, ...report });
  return report;
}

/** @returns null where the folder holds no finished training */
export function readTrainingReport(folder: string): Promise<TrainingReport | null> {
  return readJson<TrainingReport>(path.join(folder, resultsFile));
}

/** Files that this module wrote, whole. */
async function readJson<Value>(file: string): Promise<Value | null> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Value;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

async function writeJson(file: string, value: unknown): Promise<void> {
  await writeFile(`${file}.unfinished`, `${JSON.stringify(value, null, 1)}\n`);
  await rename(`${file}.unfinished`, file);
}
