/** The log of a library: what went wrong and where in the program, without names of people or paths of photos. */

import { describeErrorForLog, isUnexpected } from './describe-error.ts';
import type { Redact } from './redact-text.ts';
import { RotatingFile } from './rotating-file.ts';

const maxFileBytes = 512 * 1024;
const keptFiles = 3;
/** The same error over and over is counted rather than written. */
const repeatWithinMs = 60_000;

export interface Log {
  /** @param facts words and numbers of Kindred's own: nothing of the user's */
  note(event: string, facts?: Readonly<Record<string, string | number | boolean | null>>): void;
  /** Each error is written once, however many pass it on; what is expected to go wrong is not written at all.
   *  @param where a method or a part of the program */
  noteError(error: unknown, where: string): void;
}

export interface LogOptions {
  readonly folder: string;
  readonly redact: Redact;
  /** UTC, milliseconds. */
  readonly now: () => number;
  /** By default half a megabyte. */
  readonly maxBytes?: number;
}

/** Nothing is written, and no folder made, before there is something to say. */
export function openLog({ folder, redact, now, maxBytes = maxFileBytes }: LogOptions): Log {
  const file = new RotatingFile({ folder, name: 'kindred', maxBytes, keptFiles });
  const seen = new WeakSet();
  let last = { text: '', atMs: 0, repeats: 0 };

  function write(text: string): void {
    try {
      file.append(`${new Date(now()).toISOString()} ${text}\n`);
    } catch {
      // A disk that is full or can only be read: what is done matters more than that it is noted.
    }
  }

  function writeUnlessRepeated(text: string): void {
    const atMs = now();
    if (text === last.text && Math.abs(atMs - last.atMs) < repeatWithinMs) {
      last.repeats += 1;
      return;
    }
    if (last.repeats > 0) write(`the same ${last.repeats} more times`);
    last = { text, atMs, repeats: 0 };
    write(text);
  }

  return {
    note(event, facts = {}) {
      const told = Object.entries(facts).map(([name, value]) => ` ${name}=${redact(String(value))}`);
      writeUnlessRepeated(`${event}${told.join('')}`);
    },

    noteError(error, where) {
      if (!isUnexpected(error)) return;
      if (typeof error === 'object' && error !== null) {
        if (seen.has(error)) return;
        seen.add(error);
      }
      writeUnlessRepeated(`error in ${redact(where)}: ${describeErrorForLog(error, redact)}`);
    },
  };
}
