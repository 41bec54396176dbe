/** Words a runtime's failure to load the same way for all of them. */

import { AppError } from '../../electron/base/errors.ts';
import type { RuntimeName } from './runtime.ts';

export function describeRuntimeFailure(runtime: RuntimeName, library: string, cause: unknown): AppError {
  return new AppError('runtime-unavailable', `Expected ${library} to load but it failed: ${readReason(cause)}`, {
    cause,
    parameters: { runtime, reason: readReason(cause) },
  });
}

/** @returns the first line of what went wrong: module loaders append the whole chain of files that asked */
export function readReason(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  return message.split('\n', 1)[0]?.trim() ?? message;
}

/** Whether an import failed because `library` itself is not there, rather than something that it asks for. */
export function isMissingPackage(error: unknown, library: string): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ERR_MODULE_NOT_FOUND' && readReason(error).includes(`'${library}'`);
}
