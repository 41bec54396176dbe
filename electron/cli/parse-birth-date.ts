/** Reads birth dates from the command line. */

import { InvalidArgumentError } from 'commander';
import { partialDateSchema } from '../api/schemas.ts';

/** What takes a birth date away: commander takes null for an option without a value. */
export const noBirthDate = 'none';

/** @returns the date as far as it is told, or `noBirthDate`. @throws InvalidArgumentError, which is wrong usage */
export function parseBirthDate(text: string): string {
  if (text === noBirthDate) return text;
  const parsed = partialDateSchema.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new InvalidArgumentError('Expected YYYY, YYYY-MM, YYYY-MM-DD or none.');
}
