/** Measures what arrives before anything else is done with it, without recursion: depth, number of values, length. */

import { AppError } from '../base/errors.ts';
import type { ApiLimits } from './limits.ts';

export type LimitName = 'bytes' | 'depth' | 'values' | 'calls' | 'unread';

export type MessageLimits = Pick<ApiLimits, 'messageBytes' | 'messageDepth' | 'messageValues'>;

/** What every value takes beside its text, roughly. */
const bytesPerValue = 16;

const nouns: Readonly<Record<LimitName, string>> = {
  bytes: 'bytes',
  depth: 'lists and objects inside each other',
  values: 'values',
  calls: 'calls that wait',
  unread: 'messages that nobody reads',
};

/** @param most what would have been taken */
export function createTooMuch(limit: LimitName, most: number, name = 'message'): AppError {
  return new AppError('too-much', `Expected at most ${most} ${nouns[limit]} for ${name} but received more`, {
    parameters: { limit, most },
  });
}

/**
 * Measures JSON before it is parsed, as parsed it takes many times the memory. Text that is no JSON may pass.
 * @throws AppError "too-much"
 */
export function checkMessageText(text: string, limits: MessageLimits): void {
  if (text.length > limits.messageBytes) throw createTooMuch('bytes', limits.messageBytes);
  let [depth, values] = [0, 1];
  for (let index = 0; index < text.length; index++) {
    switch (text[index]) {
      case '"':
        index = findTextEnd(text, index);
        break;
      case '[':
      case '{':
        depth += 1;
        // An empty one is counted as if it held something: it takes as much.
        values += 1;
        if (depth > limits.messageDepth) throw createTooMuch('depth', limits.messageDepth);
        break;
      case ']':
      case '}':
        depth -= 1;
        break;
      case ',':
        values += 1;
        break;
      default:
        continue;
    }
    if (values > limits.messageValues) throw createTooMuch('values', limits.messageValues);
  }
}

/** @param start of the opening quote @returns the index of the closing one, or the end of a text that lacks it */
function findTextEnd(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (end !== -1 && isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end === -1 ? text.length : end;
}

function isEscaped(text: string, index: number): boolean {
  let slashes = 0;
  while (text[index - 1 - slashes] === '\\') slashes += 1;
  return slashes % 2 === 1;
}

/**
 * Measures a message that came as a value; one that holds itself is too deep.
 * @returns about how many bytes it takes
 * @throws AppError "too-much"
 */
export function measureMessage(message: unknown, limits: MessageLimits, name = 'message'): number {
  const open: { value: object; depth: number }[] = [];
  let [values, bytes] = [0, 0];

  const take = (value: unknown, depth: number): void => {
    values += 1;
    if (values > limits.messageValues) throw createTooMuch('values', limits.messageValues, name);
    if (typeof value === 'string') {
      bytes += value.length;
      if (bytes > limits.messageBytes) throw createTooMuch('bytes', limits.messageBytes, name);
    } else if (typeof value === 'object' && value !== null) {
      if (depth > limits.messageDepth) throw createTooMuch('depth', limits.messageDepth, name);
      open.push({ value, depth });
    }
  };

  take(message, 1);
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, depth } = next;
    if (Array.isArray(value)) {
      // By index, as a list may be long and have holes.
      for (let index = 0; index < value.length; index++) take(value[index], depth + 1);
    } else {
      for (const key in value) {
        bytes += key.length;
        take((value as Record<string, unknown>)[key], depth + 1);
      }
    }
  }
  return bytes + bytesPerValue * values;
}
