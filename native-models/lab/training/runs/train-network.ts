/** Trains a network by triplets: steps, looks at the hold-out, checkpoints, the best weights at the end. */

import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { AppError } from '../../../../electron/base/errors.ts';
import { createRandom, type Random } from '../../../../electron/base/random.ts';
import { augmentChip } from '../batches/augment-chip.ts';
import { drawBatch } from '../batches/draw-batch.ts';
import type { PeopleSplit } from '../batches/split-people.ts';
import type { ChipShape } from '../chips/chip-shape.ts';
import type { TrainingChip } from '../chips/training-chip.ts';
import { computeBatchGradients, type BatchOfChips, type GradientOptions } from '../steps/batch-gradients.ts';
import { createOptimiser, type Optimiser } from '../steps/optimiser.ts';
import type { TrainableNetwork } from '../trainable-network.ts';
import { assignTensors, readCheckpoint, readTensors, writeCheckpoint } from './checkpoint.ts';
import { measureChips, readyChips, type ReadyChips } from './measure-chips.ts';
import { checkTrainingOptions, learningRateAt, type TrainingOptions } from './training-options.ts';

export interface TrainingRun {
  readonly network: TrainableNetwork;
  readonly chips: readonly TrainingChip[];
  readonly shape: ChipShape;
  readonly split: PeopleSplit;
  readonly options: TrainingOptions;
  /** Names what is trained in a checkpoint, so that another network's is not taken. */
  readonly title: string;
  /** Null keeps none. */
  readonly checkpointFile: string | null;
  /** Whether a checkpoint of the same settings is gone on with. */
  readonly resumes: boolean;
  readonly penalty?: GradientOptions['penalty'];
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: TrainingProgress) => void;
  /** Milliseconds. */
  readonly now: () => number;
}

/** A look at the hold-out, and the steps since the one before. */
export interface TrainingCheck {
  readonly step: number;
  /** Means over the steps since the check before; of the triplets selected. 0 at step 0. */
  readonly loss: number;
  readonly activeShare: number;
  readonly triplets: number;
  readonly learningRate: number;
  /** On the hold-out, at FAR 1e-3 and 1e-4. */
  readonly val1e3: number;
  readonly val1e4: number;
  readonly equalError: number;
  /** Spent on training so far, over all sessions. */
  readonly seconds: number;
}

export interface TrainingProgress {
  readonly step: number;
  readonly steps: number;
  readonly loss: number;
  readonly activeShare: number;
  /** Null for a step without a look at the hold-out. */
  readonly check: TrainingCheck | null;
  readonly secondsLeft: number;
}

export interface TrainingResult {
  readonly checks: readonly TrainingCheck[];
  /** Whose weights the network has now. */
  readonly best: TrainingCheck;
  /** Why it ended. */
  readonly end: 'steps' | 'minutes' | 'plateau';
}

const holdOutRates = [1e-3, 1e-4];

const checkSchema = z.object({
  step: z.number(),
  loss: z.number(),
  activeShare: z.number(),
  triplets: z.number(),
  learningRate: z.number(),
  val1e3: z.number(),
  val1e4: z.number(),
  equalError: z.number(),
  seconds: z.number(),
});
const progressSchema = z.object({ step: z.number().int(), optimiserSteps: z.number().int(), seconds: z.number(), checks: z.array(checkSchema) });
type KeptProgress = z.output<typeof progressSchema>;

/** Leaves the network with the weights that did best on the hold-out. The same seed gives the same network, in one go or
 *  in several, on one machine and backend.
 *  @throws AppError "cancelled" with the last checkpoint written, "conflict" for a checkpoint of other settings */
export async function trainNetwork(run: TrainingRun): Promise<TrainingResult> {
  checkTrainingOptions(run.options);
  const training = await Training.open(run);
  try {
    return await training.run();
  } finally {
    training.dispose();
  }
}

/** @returns what step `step` draws, whatever the steps before drew; see [Note: random state] */
export function drawStep(seed: number, step: number): Random {
  const random = createRandom(Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(step + 1, 0x85ebca6b));
  // Neighbouring seeds begin alike.
  random();
  return random;
}

class Training {
  readonly #run: TrainingRun;
  readonly #optimiser: Optimiser;
  readonly #holdOut: ReadyChips;
  /** Of the people to train on. */
  readonly #facesByPerson: readonly (readonly number[])[];
  readonly #settings: string;
  #step = 0;
  #checks: TrainingCheck[] = [];
  #bestTensors: Float32Array[] = [];
  #secondsBefore = 0;
  #startedMs: number;

  private constructor(run: TrainingRun, holdOut: ReadyChips) {
    this.#run = run;
    this.#holdOut = holdOut;
    this.#optimiser = createOptimiser(run.options.optimiser, run.network.variables);
    this.#facesByPerson = groupByPerson(run.chips, run.split.training);
    this.#settings = describeSettings(run, this.#facesByPerson);
    this.#startedMs = run.now();
  }

  static async open(run: TrainingRun): Promise<Training> {
    const validation = new Set(run.split.validation);
    const holdOut = await readyChips(
      run.chips.filter(({ person }) => validation.has(person)),
      run.shape,
    );
    const training = new Training(run, holdOut);
    await training.#resume();
    return training;
  }

  dispose(): void {
    this.#optimiser.dispose();
  }

  async run(): Promise<TrainingResult> {
    const { options, signal, onProgress } = this.#run;
    if (this.#checks.length === 0) await this.#check(noSums, 0);
    let sums = noSums;
    let end = this.#findEnd();
    while (end === null) {
      if (signal?.aborted === true) throw new AppError('cancelled', `Expected ${options.steps} steps but training was stopped after ${this.#step}`);
      const made = await this.#makeStep();
      sums = addSums(sums, made);
      end = this.#findEnd();
      const isChecked = this.#step % options.checkEvery === 0 || end !== null;
      const check = isChecked ? await this.#check(sums, made.learningRate) : null;
      if (isChecked) sums = noSums;
      end ??= this.#findPlateau();
      const activeShare = made.triplets === 0 ? 0 : made.active / made.triplets;
      onProgress?.({ step: this.#step, steps: options.steps, loss: made.loss, activeShare, check, secondsLeft: this.#secondsLeft() });
    }
    assignTensors(this.#weights(), this.#bestTensors);
    return { checks: this.#checks, best: findBest(this.#checks), end };
  }

  async #makeStep(): Promise<StepSums> {
    const { options, network, penalty } = this.#run;
    const random = drawStep(options.seed, this.#step);
    const drawn = drawBatch(this.#facesByPerson, { people: options.people, faces: options.faces, size: options.batch }, random);
    const batch = await this.#readBatch(drawn.chips, drawn.people, random);
    const learningRate = learningRateAt(options, this.#shareDone());
    const { margin, negatives, positives, slice } = options;
    const selection = { margin, negatives, positives, random, sliceSize: slice, ...(penalty === undefined ? {} : { penalty }) };
    const { gradients, loss, triplets, active } = await computeBatchGradients(network, batch, selection);
    if (gradients !== null) {
      this.#optimiser.apply(gradients, learningRate);
      tf.dispose([...gradients]);
    }
    this.#step += 1;
    return { steps: 1, loss, triplets, active, learningRate };
  }

  async #readBatch(chips: Int32Array, people: Int32Array, random: Random): Promise<BatchOfChips> {
    const { shape, options } = this.#run;
    const size = shape.width * shape.height * 3;
    const pixels = new Float32Array(chips.length * size);
    for (const [row, chip] of chips.entries()) {
      pixels.set(await augmentChip(this.#run.chips[chip]!, shape, options.augmentation, random), row * size);
    }
    return { pixels, people };
  }

  async #check(sums: StepSums, learningRate: number): Promise<TrainingCheck> {
    const { network, options, checkpointFile } = this.#run;
    const measurement = { slice: options.slice, falseAcceptRates: holdOutRates, bootstrapRounds: 0, seed: options.seed };
    const { rates, equalError } = await measureChips(network, this.#holdOut, measurement);
    const check: TrainingCheck = {
      step: this.#step,
      loss: sums.steps === 0 ? 0 : sums.loss / sums.steps,
      activeShare: sums.triplets === 0 ? 0 : sums.active / sums.triplets,
      triplets: sums.steps === 0 ? 0 : sums.triplets / sums.steps,
      learningRate,
      val1e3: rates[0]!.val,
      val1e4: rates[1]!.val,
      equalError: equalError.rate,
      seconds: this.#seconds(),
    };
    this.#checks = [...this.#checks, check];
    if (findBest(this.#checks) === check) this.#bestTensors = await readTensors(this.#weights());
    if (checkpointFile !== null) await this.#keep(checkpointFile);
    return check;
  }

  async #keep(file: string): Promise<void> {
    const progress: KeptProgress = {
      step: this.#step,
      optimiserSteps: this.#optimiser.stepsMade,
      seconds: this.#seconds(),
      checks: this.#checks.map((check) => ({ ...check })),
    };
    const tensors = [...(await readTensors([...this.#weights(), ...this.#optimiser.slots.flat()])), ...this.#bestTensors];
    await writeCheckpoint(file, { settings: this.#settings, progress, tensors });
  }

  async #resume(): Promise<void> {
    const { checkpointFile, resumes } = this.#run;
    if (checkpointFile === null || !resumes) return;
    const kept = await readCheckpoint(checkpointFile, this.#settings, (value) => progressSchema.parse(value));
    if (kept === null) return;
    const living = [...this.#weights(), ...this.#optimiser.slots.flat()];
    assignTensors(living, kept.tensors.slice(0, living.length));
    this.#bestTensors = kept.tensors.slice(living.length);
    this.#step = kept.progress.step;
    this.#checks = kept.progress.checks;
    this.#optimiser.stepsMade = kept.progress.optimiserSteps;
    this.#secondsBefore = kept.progress.seconds;
  }

  #weights(): tf.Variable[] {
    return [...this.#run.network.variables, ...(this.#run.network.averages ?? [])];
  }

  #findEnd(): TrainingResult['end'] | null {
    const { steps, minutes } = this.#run.options;
    if (this.#step >= steps) return 'steps';
    return this.#seconds() >= minutes * 60 ? 'minutes' : null;
  }

  #findPlateau(): 'plateau' | null {
    const sinceBest = this.#checks.length - 1 - this.#checks.indexOf(findBest(this.#checks));
    return sinceBest >= this.#run.options.patience ? 'plateau' : null;
  }

  #shareDone(): number {
    const { steps, minutes } = this.#run.options;
    return Math.max(this.#step / steps, this.#seconds() / (minutes * 60));
  }

  #secondsLeft(): number {
    const share = this.#shareDone();
    return share === 0 ? Number.POSITIVE_INFINITY : (this.#seconds() * (1 - share)) / share;
  }

  #seconds(): number {
    return this.#secondsBefore + (this.#run.now() - this.#startedMs) / 1000;
  }
}

interface StepSums {
  readonly steps: number;
  readonly loss: number;
  readonly triplets: number;
  readonly active: number;
  readonly learningRate: number;
}

const noSums: StepSums = { steps: 0, loss: 0, triplets: 0, active: 0, learningRate: 0 };

function addSums(one: StepSums, other: StepSums): StepSums {
  return {
    steps: one.steps + other.steps,
    loss: one.loss + other.loss,
    triplets: one.triplets + other.triplets,
    active: one.active + other.active,
    learningRate: other.learningRate,
  };
}

/** By VAL at FAR 1e-3, of equal ones by the equal error; the first of those that are alike. */
function findBest(checks: readonly TrainingCheck[]): TrainingCheck {
  return checks.reduce((best, check) => {
    if (check.val1e3 !== best.val1e3) return check.val1e3 > best.val1e3 ? check : best;
    return check.equalError < best.equalError ? check : best;
  });
}

/** @returns of each of the people, indices of `chips` */
export function groupByPerson(chips: readonly TrainingChip[], people: readonly string[]): number[][] {
  const groups = new Map(people.map((person): [string, number[]] => [person, []]));
  for (const [index, { person }] of chips.entries()) groups.get(person)?.push(index);
  return [...groups.values()];
}

/** What has to be the same for a checkpoint to be gone on with. */
function describeSettings({ title, options, network, shape }: TrainingRun, facesByPerson: readonly (readonly number[])[]): string {
  const { minutes: _minutes, patience: _patience, ...decisive } = options;
  const faces = facesByPerson.reduce((total, { length }) => total + length, 0);
  const data = { people: facesByPerson.length, faces, width: shape.width, height: shape.height, dims: network.dims };
  return JSON.stringify({ title, ...decisive, ...data });
}
