/** Reads whole numbers from the command line. */

import { InvalidArgumentError } from 'commander';

/** For commander's options and arguments.
 *  @returns a parser that throws InvalidArgumentError, which is wrong usage */
export function parseWholeNumber(minimum: number, maximum: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < minimum || value > maximum) {
      throw new InvalidArgumentError(`Expected a whole number from ${minimum} to ${maximum}.`);
    }
    return value;
  };
}
