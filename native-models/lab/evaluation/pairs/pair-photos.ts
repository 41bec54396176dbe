/** Finds the photos that pairs name, and draws pairs of a folder's photos. */

import path from 'node:path';
import { AppError } from '../../../../electron/base/errors.ts';
import { createRandom, shuffle, type Random } from '../../../../electron/base/random.ts';
import type { LabeledPhoto } from '../people-folder.ts';
import type { PairFolds, PairPhoto, PhotoPair } from './pairs-file.ts';

export interface DrawPairsOptions {
  readonly folds: number;
  /** Of each kind, in each fold. */
  readonly pairsPerFold: number;
  readonly seed: number;
}

/** @returns the photo that is named so, or null */
export type FindPairPhoto = (photo: PairPhoto) => LabeledPhoto | null;

/** @param photos of a folder per person; those that are not named after their person, "Name_0001.jpg", cannot be named by pairs */
export function indexPairPhotos(photos: readonly LabeledPhoto[]): FindPairPhoto {
  const byName = new Map<string, LabeledPhoto>();
  for (const photo of photos) {
    const number = readNumber(photo);
    if (number !== null) byName.set(`${photo.person}\t${number}`, photo);
  }
  return ({ person, number }) => byName.get(`${person}\t${number}`) ?? null;
}

/**
 * Draws folds whose people are different ones. Of a fold's people with two photos one is drawn for each genuine pair, and
 * two photos of theirs; for each impostor pair two people, and a photo of each. No pair is drawn twice.
 * @throws AppError "bad-argument" where there are too few people or photos for so many pairs
 */
export function drawPairs(photos: readonly LabeledPhoto[], { folds, pairsPerFold, seed }: DrawPairsOptions): PairFolds {
  const random = createRandom(seed);
  const numbers = new Map<string, number[]>();
  for (const photo of photos) {
    const number = readNumber(photo);
    if (number === null) continue;
    const own = numbers.get(photo.person);
    if (own === undefined) numbers.set(photo.person, [number]);
    else own.push(number);
  }
  const people = shuffle([...numbers.keys()].sort(), random);
  return Array.from({ length: folds }, (_, fold) => {
    const own = people.filter((__, index) => index % folds === fold);
    return drawFold(own, numbers, pairsPerFold, random, fold);
  });
}

function drawFold(
  people: readonly string[],
  numbers: ReadonlyMap<string, readonly number[]>,
  pairsPerFold: number,
  random: Random,
  fold: number,
): PhotoPair[] {
  const repeated = people.filter((person) => numbers.get(person)!.length > 1);
  const photoCounts = people.map((person) => numbers.get(person)!.length);
  const total = photoCounts.reduce((sum, count) => sum + count, 0);
  const genuine = photoCounts.reduce((sum, count) => sum + (count * (count - 1)) / 2, 0);
  const impostors = (total * (total - 1)) / 2 - genuine;
  if (genuine < pairsPerFold || impostors < pairsPerFold) {
    throw new AppError(
      'bad-argument',
      `Expected photos named Name_0001.jpg for ${pairsPerFold} pairs of each kind in fold ${fold + 1} but received ` +
        `${genuine} pairs of one person and ${impostors} of two`,
    );
  }
  const pick = <Value>(values: readonly Value[]): Value => values[Math.floor(random() * values.length)]!;
  const photoOf = (person: string): PairPhoto => ({ person, number: pick(numbers.get(person)!) });
  return [
    ...drawDistinct(pairsPerFold, () => {
      const person = pick(repeated);
      return { first: photoOf(person), second: photoOf(person), isGenuine: true };
    }),
    ...drawDistinct(pairsPerFold, () => ({ first: photoOf(pick(people)), second: photoOf(pick(people)), isGenuine: false })),
  ];
}

/** Draws until there are so many different pairs, the lower of equal people's numbers first. */
function drawDistinct(count: number, draw: () => PhotoPair): PhotoPair[] {
  const drawn = new Map<string, PhotoPair>();
  while (drawn.size < count) {
    const pair = draw();
    const { first, second, isGenuine } = pair;
    if ((first.person === second.person) !== isGenuine) continue;
    if (isGenuine && first.number === second.number) continue;
    const names = [first, second].map(({ person, number }) => `${person}\t${number}`).sort();
    drawn.set(names.join('\n'), isGenuine && first.number > second.number ? { first: second, second: first, isGenuine } : pair);
  }
  return [...drawn.values()];
}

/** @returns the number in a name such as "Name_0001.jpg", or null */
function readNumber({ path: file, person }: LabeledPhoto): number | null {
  const name = path.basename(file, path.extname(file));
  if (!name.startsWith(`${person}_`)) return null;
  const digits = name.slice(person.length + 1);
  return /^\d+$/.test(digits) && Number(digits) > 0 ? Number(digits) : null;
}
