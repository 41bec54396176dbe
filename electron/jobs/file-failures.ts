/** Tells what goes wrong with one photo's file, and leaves the others alone, from what ends a job. */

import { AppError, type ErrorCode } from '../base/errors.ts';

const fileFailureCodes: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'unreadable-file',
  'permission-denied',
  'empty-file',
  'not-an-image',
  'corrupt-image',
  'too-many-pixels',
  'unsupported-format',
  'file-vanished',
  'worker-crashed',
]);

export function isFileFailure(error: unknown): error is AppError {
  return error instanceof AppError && fileFailureCodes.has(error.code);
}
