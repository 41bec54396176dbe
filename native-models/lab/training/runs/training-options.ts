/** What a training is told, and what chose the defaults. */

import { AppError } from '../../../../electron/base/errors.ts';
import type { Augmentation } from '../batches/augment-chip.ts';
import type { OptimiserName } from '../steps/optimiser.ts';
import type { NegativeRule, PositiveRule } from '../../../../electron/learning/triplets/select-triplets.ts';

export interface TrainingOptions {
  readonly seed: number;
  /** Of squared distances. */
  readonly margin: number;
  readonly negatives: NegativeRule;
  readonly positives: PositiveRule;
  /** People with several photos in a batch. */
  readonly people: number;
  /** At most of each. */
  readonly faces: number;
  /** Faces in a batch, the negatives that fill it included. */
  readonly batch: number;
  /** Chips that the network sees at a time. */
  readonly slice: number;
  readonly optimiser: OptimiserName;
  readonly learningRate: number;
  /** Shares of the steps, or of the minutes where they end first, at which the learning rate is divided by ten. */
  readonly lowerAt: readonly number[];
  readonly augmentation: Augmentation;
  /** Nothing is learnt after so many. */
  readonly steps: number;
  /** Or after so long; Infinity for no limit. Where they end first a run is not the same twice. */
  readonly minutes: number;
  /** Steps between looks at the hold-out, each of which is kept as a checkpoint. */
  readonly checkEvery: number;
  /** Looks at the hold-out without a better one after which training ends early; Infinity for never. */
  readonly patience: number;
}

/** @throws AppError "bad-argument" naming the first option that cannot be */
export function checkTrainingOptions(options: TrainingOptions): void {
  const whole = { people: options.people, faces: options.faces, batch: options.batch, slice: options.slice, steps: options.steps, checkEvery: options.checkEvery };
  for (const [field, value] of Object.entries(whole)) {
    if (!Number.isInteger(value) || value < 1) throw wrong(field, 'a whole number from 1', value);
  }
  if (!(options.margin > 0)) throw wrong('margin', 'a number above 0', options.margin);
  if (!(options.learningRate > 0)) throw wrong('learningRate', 'a number above 0', options.learningRate);
  if (!(options.minutes > 0)) throw wrong('minutes', 'a number above 0', options.minutes);
}

/** @param share of the training that is over, 0 to 1 */
export function learningRateAt({ learningRate, lowerAt }: Pick<TrainingOptions, 'learningRate' | 'lowerAt'>, share: number): number {
  return learningRate * 0.1 ** lowerAt.filter((at) => share >= at).length;
}

function wrong(field: string, expected: string, value: number): AppError {
  return new AppError('bad-argument', `Expected ${expected} for ${field} but received ${value}`, { parameters: { field } });
}
