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
  'disk-full',
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

/** The plain form in which an error crosses a thread or a connection. */
export interface SerializedError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly parameters: ErrorParameters;
}

export function serializeError(error: unknown): SerializedError {
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
