/** The messages that carry KindredApi over a Transport, validated on whichever side receives them. */

import { z } from 'zod';
import { textLength } from './limits.ts';
import { serializedErrorSchema } from './schemas.ts';

const name = z.string().max(textLength);
const callId = z.number().int().nonnegative();

/** What a client sends. */
export const clientMessageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('request'), id: callId, method: name, params: z.unknown() }),
  z.object({ type: z.literal('cancel'), id: callId }),
  z.object({ type: z.literal('subscribe'), event: name }),
  z.object({ type: z.literal('unsubscribe'), event: name }),
]);
export type ClientMessage = z.output<typeof clientMessageSchema>;

/** What the serving side sends. */
export const serverMessageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('response'), id: callId, result: z.unknown() }),
  /** A null id: the message that failed could not be told apart from others. */
  z.object({ type: z.literal('failure'), id: callId.nullable(), error: serializedErrorSchema }),
  z.object({ type: z.literal('event'), event: z.string(), payload: z.unknown() }),
]);
export type ServerMessage = z.output<typeof serverMessageSchema>;

/** @returns the first thing wrong, as "Expected ... for <name> but received ...", and the field it is in */
export function describeIssue(error: z.ZodError, name: string, input: unknown): { message: string; field: string } {
  const issue = error.issues[0];
  const path = issue?.path ?? [];
  const field = path.map(String).join('.');
  const received = shortenValue(valueAt(input, path));
  const reason = issue?.message ?? 'Invalid input';
  return {
    field,
    message: `Expected a valid value for ${field === '' ? name : `${name}.${field}`} but received ${received} (${reason})`,
  };
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<PropertyKey, unknown>)[key];
  }
  return value;
}

const longestValueShown = 60;

/** Whatever the value is: a message port carries more than JSON, and nothing of any depth or length is written out. */
function shortenValue(value: unknown): string {
  switch (typeof value) {
    case 'undefined':
      return 'nothing';
    case 'string':
      return JSON.stringify(value.length > longestValueShown ? `${value.slice(0, longestValueShown)}…` : value);
    case 'object':
      if (value === null) return 'null';
      return Array.isArray(value) ? `a list of ${value.length}` : 'an object';
    default:
      return String(value).slice(0, longestValueShown);
  }
}
