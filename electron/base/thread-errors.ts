/** Carries errors between threads whole: code, parameters, message, stack, and everything that caused them. */

import { AppError, describeSystemError, type ErrorCode, type ErrorParameters } from './errors.ts';

/** The plain form of an error while it crosses a thread. Never for a connection: stacks name files of this machine. */
export interface PackedError {
  readonly name: string;
  readonly message: string;
  readonly stack: string | null;
  readonly cause: PackedError | null;
  /** Of an AppError; null for any other error. */
  readonly app: { readonly code: ErrorCode; readonly parameters: ErrorParameters } | null;
  /** What the system or SQLite calls it, such as "ENOSPC", and of which file it speaks. */
  readonly system: { readonly code: string; readonly path?: string } | null;
}

/** A chain of causes that leads back into itself ends somewhere. */
const mostCauses = 8;

/** @param error whatever was thrown */
export function packError(error: unknown): PackedError {
  return pack(error, mostCauses);
}

/** @returns an AppError as it was; anything else caused by the error that it was: what a disk refused as describeSystemError
 *    has it, the rest as AppError "internal" */
export function unpackError(packed: PackedError): AppError {
  if (packed.app !== null) return unpack(packed) as AppError;
  const cause = unpack(packed);
  return describeSystemError(cause) ?? new AppError('internal', packed.message, { cause });
}

function pack(error: unknown, causesLeft: number): PackedError {
  if (!(error instanceof Error)) {
    return { name: 'Error', message: String(error), stack: null, cause: null, app: null, system: null };
  }
  const { name, message, stack, cause } = error;
  const { code, path } = error as NodeJS.ErrnoException;
  const isApp = error instanceof AppError;
  return {
    name,
    message,
    stack: stack ?? null,
    cause: cause === undefined || cause === null || causesLeft === 0 ? null : pack(cause, causesLeft - 1),
    app: isApp ? { code: error.code, parameters: error.parameters } : null,
    system: !isApp && typeof code === 'string' ? { code, ...(typeof path === 'string' ? { path } : {}) } : null,
  };
}

function unpack({ name, message, stack, cause: packedCause, app, system }: PackedError): Error {
  const cause = packedCause === null ? undefined : unpack(packedCause);
  const error = app === null ? new Error(message, { cause }) : new AppError(app.code, message, { cause, parameters: app.parameters });
  if (app === null) error.name = name;
  if (stack !== null) error.stack = stack;
  else delete error.stack;
  return system === null ? error : Object.assign(error, system);
}
