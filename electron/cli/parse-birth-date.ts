/** Reads birth dates from the command line. */

import { InvalidArgumentError } from 'commander';
import { readPartialDate } from '../base/partial-date.ts';

/** What takes a birth date away: commander takes null for an option without a value. */
export const noBirthDate = 'none';

/** @returns the date as far as it is told, or `noBirthDate`. @throws InvalidArgumentError, which is wrong usage */
export function parseBirthDate(text: string): string {
  if (text === noBirthDate) return text;
  const date = readPartialDate(text, [Intl.DateTimeFormat().resolvedOptions().locale]);
  if (date !== null) return date;
  throw new InvalidArgumentError('Expected a year, a month or a day, such as 1998, 1998-04 or 1998-04-12, or none.');
}
