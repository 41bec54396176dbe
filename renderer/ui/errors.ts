/** Makes an AppError of whatever was thrown, so that every view shows a translated reason. */

import { AppError } from '../../electron/base/errors.ts';

export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  return new AppError('internal', error instanceof Error ? error.message : String(error), { cause: error });
}
