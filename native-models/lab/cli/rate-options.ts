/** The options of commands that measure VAL: at which FARs, and with how many resamples. */

import { InvalidArgumentError, type Command } from 'commander';
import { parseWholeNumber } from '../../../electron/cli/parse-whole-number.ts';

export interface RateOptions {
  readonly far: readonly number[];
  readonly bootstrap: number;
  readonly seed: number;
}

const mostRounds = 10_000;
const farDefaults = [1e-3, 1e-4, 1e-5];

export function addRateOptions(command: Command): Command {
  return command
    .option('--far <shares>', 'shares of impostor pairs accepted, separated by commas', parseShares, farDefaults)
    .option('--bootstrap <rounds>', 'resamples of the people, for standard errors', parseWholeNumber(0, mostRounds), 200)
    .option('--seed <n>', 'of whatever is drawn', parseWholeNumber(0, 2 ** 32 - 1), 1);
}

function parseShares(text: string): number[] {
  return text.split(',').map((part) => {
    const share = Number(part);
    if (part.trim() === '' || !(share > 0 && share < 1)) {
      throw new InvalidArgumentError('Expected shares between 0 and 1, such as 1e-3,1e-4.');
    }
    return share;
  });
}
