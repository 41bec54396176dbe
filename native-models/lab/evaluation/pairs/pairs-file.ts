/**
 * Reads and writes lists of photo pairs as Labeled Faces in the Wild has them.
 *
 * [Note: pairs file] The first line says how many folds there are and how many pairs of each kind a fold has, "10 300". Then
 * come, fold by fold, so many genuine pairs, "name i j", and so many impostor pairs, "name1 i name2 j", separated by tabs.
 * "name i" is the photo name/name_000i.jpg. The people of two folds are different ones.
 * Source: Huang, Ramesh, Berg and Learned-Miller 2007; its pairs.txt.
 */

import { AppError } from '../../../../electron/base/errors.ts';

export interface PairPhoto {
  readonly person: string;
  /** From 1, as the photo's name says. */
  readonly number: number;
}

export interface PhotoPair {
  readonly first: PairPhoto;
  readonly second: PairPhoto;
  readonly isGenuine: boolean;
}

/** By fold. */
export type PairFolds = readonly (readonly PhotoPair[])[];

/** @param file for messages
 *  @throws AppError "bad-argument" naming file and line */
export function parsePairs(text: string, file: string): PairFolds {
  const lines = text.split(/\r?\n/);
  while (lines.at(-1)?.trim() === '') lines.pop();
  const fail = (index: number, expected: string): never => {
    throw new AppError('bad-argument', `Expected ${expected} in line ${index + 1} of ${file} but received ${JSON.stringify(lines[index] ?? '')}`);
  };
  const [folds, pairs, ...more] = readFields(lines[0]).map(readCount);
  if (!folds || !pairs || more.length > 0) return fail(0, 'the number of folds and of pairs of each kind in a fold');
  if (folds < 2) return fail(0, 'two folds or more');
  const expectedLines = 1 + folds * pairs * 2;
  if (lines.length !== expectedLines) {
    throw new AppError('bad-argument', `Expected ${expectedLines} lines in ${file}, as its first one says, but received ${lines.length}`);
  }
  return Array.from({ length: folds }, (_, fold) =>
    Array.from({ length: pairs * 2 }, (__, at): PhotoPair => {
      const index = 1 + fold * pairs * 2 + at;
      const isGenuine = at < pairs;
      const pair = readPair(readFields(lines[index]), isGenuine);
      if (pair !== null) return pair;
      return fail(index, isGenuine ? 'a name and two different numbers of photos' : 'a name and a number twice, of two people');
    }),
  );
}

/** @param folds all of as many pairs, half of them genuine, the genuine ones first
 *  @returns see [Note: pairs file] */
export function formatPairs(folds: PairFolds): string {
  const lines = folds.flat().map(({ first, second, isGenuine }) => {
    return isGenuine
      ? [first.person, first.number, second.number].join('\t')
      : [first.person, first.number, second.person, second.number].join('\t');
  });
  return `${[`${folds.length}\t${(folds[0]?.length ?? 0) / 2}`, ...lines].join('\n')}\n`;
}

function readPair(fields: readonly string[], isGenuine: boolean): PhotoPair | null {
  const [person, number, other, otherNumber] = isGenuine ? [fields[0], fields[1], fields[0], fields[2]] : fields;
  if (fields.length !== (isGenuine ? 3 : 4) || !person || !other || (person === other) !== isGenuine) return null;
  const [one, two] = [readCount(number), readCount(otherNumber)];
  if (one === null || two === null || (isGenuine && one === two)) return null;
  return { first: { person, number: one }, second: { person: other, number: two }, isGenuine };
}

/** Names may hold spaces: where there are tabs, they alone separate. */
function readFields(line: string = ''): string[] {
  return line.trim().split(line.includes('\t') ? '\t' : /\s+/).map((field) => field.trim());
}

/** @returns a whole number from 1, or null */
function readCount(text: string | undefined): number | null {
  return text !== undefined && /^[1-9]\d{0,8}$/.test(text) ? Number(text) : null;
}
