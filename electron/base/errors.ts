/** The one error type whose code callers may act on; everything else is a bug. */

export const errorCodes = [
  // The caller's fault.
  'bad-argument',
  // More of it than api/limits.ts says.
  'too-much',
  'not-found',
  'conflict',
  'nothing-to-undo',
  'nothing-to-redo',
  // The user's wish.
  'cancelled',
  // A photo's fault: listed, never fatal to an import.
  'unreadable-file',
  'permission-denied',
  'empty-file',
  'not-an-image',
  'corrupt-image',
  'too-many-pixels',
  'unsupported-format',
  'degenerate-landmarks',
  'file-vanished',
  'worker-crashed',
  // The machine's or the installation's fault.
  'model-missing',
  'model-mismatch',
  'unsupported-operator',
  'runtime-unavailable',
  'library-in-use',
  'library-too-new',
  'library-damaged',
  'not-a-library',
  'disk-full',
  'read-only-disk',
  'storage-failed',
  // The connection's fault.
  'offline',
  'disconnected',
  'unauthorized',
  // Ours.
  'internal',
] as const;

export type ErrorCode = (typeof errorCodes)[number];

/** What goes wrong with one photo and leaves the others alone. */
export const photoFaults: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
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

/** Facts that a host translates into a sentence: file names, limits, counts. */
export type ErrorParameters = Readonly<Record<string, string | number | boolean | null>>;

export class AppError extends Error {
  readonly code: ErrorCode;
  readonly parameters: ErrorParameters;

  constructor(
    code: ErrorCode,
    message: string,
    options: { cause?: unknown; parameters?: ErrorParameters } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.parameters = options.parameters ?? {};
  }
}

/** What a disk refuses, by the system's own names. What is not among them is a bug. */
const codesOfSystem: Readonly<Record<string, ErrorCode>> = {
  ENOSPC: 'disk-full',
  EDQUOT: 'disk-full',
  EROFS: 'read-only-disk',
  EACCES: 'permission-denied',
  EPERM: 'permission-denied',
  ...Object.fromEntries(
    ['EIO', 'ENOTDIR', 'EISDIR', 'EMFILE', 'ENFILE', 'ENAMETOOLONG', 'ELOOP', 'EBUSY', 'ENODEV', 'ENXIO', 'ESTALE', 'EFBIG'].map(
      (systemCode) => [systemCode, 'storage-failed'] as const,
    ),
  ),
};

/** @param error as node:fs throws it
 *  @param path what was to be read or written, where the error does not say
 *  @returns an AppError that says what and which; null for an error that is none of the disk's */
export function describeSystemError(error: unknown, path?: string): AppError | null {
  if (!(error instanceof Error) || error instanceof AppError) return null;
  const { code: systemCode, path: place = path, syscall } = error as { code?: unknown; path?: unknown; syscall?: unknown };
  if (typeof systemCode !== 'string' || !Object.hasOwn(codesOfSystem, systemCode)) return null;
  // What has neither path nor file, such as a port that may not be opened, is not the disk's.
  const isOfDisk = typeof place === 'string' || (codesOfSystem[systemCode] !== 'permission-denied' && syscall !== 'listen');
  if (!isOfDisk) return null;
  const parameters = { systemCode, ...(typeof place === 'string' ? { path: place } : {}) };
  return new AppError(codesOfSystem[systemCode]!, `Expected to use ${typeof place === 'string' ? place : 'the disk'} but received ${error.message}`, {
    cause: error,
    parameters,
  });
}

/** The plain form in which an error crosses a connection or is kept: nothing of the program's inside. */
export interface SerializedError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly parameters: ErrorParameters;
}

export function serializeError(thrown: unknown): SerializedError {
  const error = describeSystemError(thrown) ?? thrown;
  if (error instanceof AppError) {
    return { code: error.code, message: error.message, parameters: error.parameters };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'internal', message, parameters: {} };
}

export function deserializeError(serialized: SerializedError): AppError {
  return new AppError(serialized.code, serialized.message, { parameters: serialized.parameters });
}

export function isAppError(error: unknown, code?: ErrorCode): error is AppError {
  return error instanceof AppError && (code === undefined || error.code === code);
}
