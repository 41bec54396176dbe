/** Draws libraries of family-like sizes: a few people with all the photos there are of them, many strangers seen once or twice. */

import { AppError } from '../../../../electron/base/errors.ts';
import { groupBy } from '../../../../electron/base/group-by.ts';
import { createRandom, shuffle } from '../../../../electron/base/random.ts';
import { drawAlike } from './draw-alike.ts';
import type { LabeledFaces } from '../labeled-faces.ts';
import { fewestPhotos, type Truth } from './truth.ts';

export interface LibrarySizes {
  /** People with names. */
  readonly family: number;
  /** The family is drawn from so many people of whom there are most photos. */
  readonly candidates: number;
  readonly strangers: number;
  /** Whether the family are people who look alike, as relatives do. */
  readonly isFamilyAlike?: boolean;
}

export interface DrawnLibrary {
  readonly photos: readonly LabeledFaces[];
  /** [faces], by photo and then as they were found in it; named `<photo>#<number>` */
  readonly faceNames: readonly string[];
  readonly truth: Truth;
}

/** @throws AppError "bad-argument" where the photos show too few people of either kind */
export function drawLibrary(photos: readonly LabeledFaces[], sizes: LibrarySizes, seed: number): DrawnLibrary {
  const random = createRandom(seed);
  const people = [...groupBy(photos, ({ person }) => person)].sort(([, one], [, other]) => other.length - one.length);
  const often = people.filter(([, { length }]) => length >= fewestPhotos).slice(0, sizes.candidates);
  const seldom = people.filter(([, { length }]) => length < fewestPhotos);
  if (often.length < sizes.family || seldom.length < sizes.strangers) {
    throw new AppError(
      'bad-argument',
      `Expected ${sizes.family} people photographed often and ${sizes.strangers} seldom but received ${often.length} and ${seldom.length}`,
    );
  }
  const shuffled = shuffle(often, random);
  const family = sizes.isFamilyAlike === true ? drawAlike(shuffled, sizes.family) : shuffled.slice(0, sizes.family);
  const strangers = shuffle(seldom, random).slice(0, sizes.strangers);
  // Photos of everybody come mixed, as they are taken.
  const drawn = shuffle([...family, ...strangers].flatMap(([, shown]) => shown), random);
  const named = new Set(family.map(([person]) => person));
  const identities = new Map<string, string | null>();
  for (const { photo, person, faces } of drawn) {
    faces.forEach(({ isMain }, index) => identities.set(nameFace(photo, index), isMain ? person : null));
  }
  return { photos: drawn, faceNames: [...identities.keys()], truth: { identities, named } };
}

export function nameFace(photo: string, index: number): string {
  return `${photo}#${index}`;
}
