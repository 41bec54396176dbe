/** Names as they are stored, however they were typed. */

import { AppError } from '../../base/errors.ts';

/** @throws AppError "bad-argument" for a name without a letter */
export function normalizeName(name: string): string {
  const normalized = name.normalize('NFC').trim();
  if (normalized === '') throw new AppError('bad-argument', 'Expected a name with letters but received an empty one');
  return normalized;
}
