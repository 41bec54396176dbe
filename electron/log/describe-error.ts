/** An error as lines of a log: codes, numbers, stack and every cause, without what is the user's own. */

import { AppError, type ErrorCode, type ErrorParameters } from '../base/errors.ts';
import type { Redact } from './redact-text.ts';

/** A chain of causes that leads back into itself ends somewhere. */
const mostCauses = 8;
const mostFrames = 30;

/** Parameters whose text Kindred chose itself. */
const ownParameters: ReadonlySet<string> = new Set(['systemCode', 'pack', 'method', 'field', 'kind', 'runtime', 'operator', 'version', 'newest', 'reason']);

/** What callers, photos and connections bring about, and what is answered rather than noted. */
const expectedCodes: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'bad-argument',
  'not-found',
  'conflict',
  'nothing-to-undo',
  'nothing-to-redo',
  'cancelled',
  'unreadable-file',
  'empty-file',
  'not-an-image',
  'corrupt-image',
  'too-many-pixels',
  'unsupported-format',
  'degenerate-landmarks',
  'file-vanished',
  'library-in-use',
  'offline',
  'disconnected',
  'unauthorized',
]);

export function isUnexpected(error: unknown): boolean {
  return !(error instanceof AppError) || !expectedCodes.has(error.code);
}

export function describeErrorForLog(error: unknown, redact: Redact): string {
  const lines: string[] = [];
  let current = error;
  for (let depth = 0; depth <= mostCauses && current !== undefined && current !== null; depth++) {
    lines.push(`${depth === 0 ? '' : 'caused by '}${describeHead(current, redact)}`);
    if (current instanceof Error) lines.push(...listFrames(current, redact));
    current = current instanceof Error ? current.cause : null;
  }
  return lines.join('\n');
}

function describeHead(error: unknown, redact: Redact): string {
  // What was thrown that is no error may hold anything.
  if (!(error instanceof Error)) return `a thrown ${typeof error}`;
  const { code } = error as { code?: unknown };
  const parameters = error instanceof AppError ? error.parameters : {};
  const facts = Object.entries(parameters).flatMap(([name, value]) => {
    return typeof value === 'string' && !ownParameters.has(name) ? [] : [`${name}=${redact(String(value))}`];
  });
  const message = redact(hideParameters(error.message, parameters)).replaceAll('\n', '\n    ');
  return `${error.name}${typeof code === 'string' ? ` ${redact(code)}` : ''}: ${message}${facts.length === 0 ? '' : ` (${facts.join(', ')})`}`;
}

/** A message says without quotes what the parameters hold: a person's name, a file's. Paths are told apart by the redactor. */
function hideParameters(message: string, parameters: ErrorParameters): string {
  let hidden = message;
  for (const [name, value] of Object.entries(parameters)) {
    if (typeof value !== 'string' || value === '' || ownParameters.has(name) || name === 'path') continue;
    hidden = hidden.replaceAll(value, `<${name}>`);
  }
  return hidden;
}

function listFrames(error: Error, redact: Redact): string[] {
  const lines = (error.stack ?? '').split('\n').filter((line) => /^\s+at /u.test(line));
  return lines.slice(0, mostFrames).map((line) => `    ${redact(line).trim()}`);
}
