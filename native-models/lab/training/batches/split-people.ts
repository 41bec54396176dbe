/** Divides people into those to train on, those that say when to stop, and those to test on: nobody is in two parts. */

import { AppError } from '../../../../electron/base/errors.ts';
import { createRandom, shuffle } from '../../../../electron/base/random.ts';

export interface PeopleSplit {
  readonly training: readonly string[];
  readonly validation: readonly string[];
  readonly test: readonly string[];
}

export interface SplitOptions {
  readonly seed: number;
  /** Of the people, 0 to 1. */
  readonly validationShare: number;
  readonly testShare: number;
  /** 0 to 1, of those left to train on; validation and test are the same whatever it is. */
  readonly trainingShare: number;
}

/** @param people each once, in any order: the split depends on names and seed alone
 *  @throws AppError "bad-argument" where a part would be empty */
export function splitPeople(people: readonly string[], options: SplitOptions): PeopleSplit {
  const shuffled = shuffle([...people].sort(), createRandom(options.seed));
  const validationCount = Math.round(options.validationShare * people.length);
  const testCount = Math.round(options.testShare * people.length);
  const left = shuffled.slice(validationCount + testCount);
  const training = left.slice(0, Math.ceil(options.trainingShare * left.length));
  if (validationCount < 2 || testCount < 2 || training.length < 2) {
    const counts = `${training.length}, ${validationCount} and ${testCount} of ${people.length}`;
    throw new AppError('bad-argument', `Expected two people at least to train on, to stop by and to test on but received ${counts}`);
  }
  return { training, validation: shuffled.slice(0, validationCount), test: shuffled.slice(validationCount, validationCount + testCount) };
}
