/** What the thread that owns the database and the rest of the app say to each other. */

import type { PackedError } from '../../base/thread-errors.ts';

export interface WorkerOptions {
  readonly libraryFolder: string;
}

export interface Request {
  readonly id: number;
  /** Of LibraryDatabase, as far as the asking side says so: the thread checks. */
  readonly method: string;
  readonly args: readonly unknown[];
}

/** Id 0 answers the opening of the library itself. */
export interface AnswerMessage {
  readonly kind: 'answer';
  readonly id: number;
  readonly value: unknown;
}
export interface ErrorMessage {
  readonly kind: 'error';
  readonly id: number;
  readonly error: PackedError;
}
export type WorkerMessage = AnswerMessage | ErrorMessage;

export const openingId = 0;
