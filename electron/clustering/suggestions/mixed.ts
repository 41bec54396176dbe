/** Warns of people among whose faces there seems to be more than one person. */

import { sampleFaces } from './face-samples.ts';
import { growTree, type TreeStep } from './face-tree.ts';
import { probabilityAt } from './likelihood.ts';
import { gatherPeople, type PersonFaces } from './people-faces.ts';
import type { LibraryView } from './types.ts';

export interface MixedPerson {
  readonly person: number;
  /** That there are at least two people, 0 to 1. */
  readonly probability: number;
}

/** A single face that is odd is no second person: rankOutliers shows it. */
const fewestFaces = 2;

/** Faces of a person that are compared pair by pair. */
const facesCompared = 48;

/** What is less likely is not worth a look. */
const minProbability = 0.5;

/** @returns the surest first, named people before others that are as sure */
export function listMixed(view: LibraryView): MixedPerson[] {
  const { people } = view.input;
  return gatherPeople(view)
    .flatMap((own) => (own === null || people[own.person]!.isIgnored ? [] : [measureMixture(view, own)]))
    .filter(({ probability }) => probability >= minProbability)
    .sort((one, other) => other.probability - one.probability || compareWeight(view, one, other))
    .map(({ person, probability }) => ({ person, probability }));
}

function measureMixture(view: LibraryView, own: PersonFaces): MixedPerson & { faceCount: number } {
  const { person, faces, shown, hasGoodFace } = own;
  const described = { person, faceCount: faces.length };
  // Blurred faces alone resemble strangers' as much as their own.
  if (!hasGoodFace || shown.length < 2) return { ...described, probability: 0 };
  if (shown.length < 2 * fewestFaces && !hasDouble(view, shown)) return { ...described, probability: 0 };
  const { steps } = growTree(view, sampleFaces(view, shown, facesCompared).map((face) => [face]));
  const odds = steps.filter(isOfTwoPeople).map(({ oddsOfTwo }) => oddsOfTwo);
  return { ...described, probability: odds.length === 0 ? 0 : probabilityAt(Math.max(...odds)) };
}

/** Whether both parts have faces enough to be somebody, or are seen beside each other. */
function isOfTwoPeople({ ones, others, sharedPhotos }: TreeStep): boolean {
  return sharedPhotos > 0 || Math.min(ones.length, others.length) >= fewestFaces;
}

function hasDouble({ input }: LibraryView, faces: readonly number[]): boolean {
  return new Set(faces.map((face) => input.photoIndices[face])).size < faces.length;
}

function compareWeight(
  { input }: LibraryView,
  one: MixedPerson & { faceCount: number },
  other: MixedPerson & { faceCount: number },
): number {
  const isNamed = ({ person }: MixedPerson): number => Number(input.people[person]!.name !== null);
  return isNamed(other) - isNamed(one) || other.faceCount - one.faceCount || one.person - other.person;
}
