/** Finds the pairs of people that may be one, without comparing all with all. */

import { relativeDistance, similarityAtRelative } from './likelihood.ts';
import { findClosestLooks, listLooks, type Look } from './looks.ts';
import type { PersonFaces } from './people-faces.ts';
import { keyOfPair, pairOfKey } from './person-pairs.ts';
import type { LibraryView } from './types.ts';
import { averageSimilarity, faceSimilarity, type VectorSum } from './vectors.ts';

export interface CandidatePair {
  readonly one: number;
  readonly other: number;
  /** Cosine similarity of the closest pair of their faces that is known. */
  readonly closest: number;
}

export interface CandidateSearch {
  /** By person index; null for people that nobody asks about. */
  readonly people: readonly (PersonFaces | null)[];
  /** Pairs without two faces as similar as this are of no interest. */
  readonly minSimilarity: number;
  /** Pairs with this person alone; -1 for all. */
  readonly person: number;
}

/** How much farther apart, in relative distance, the average pair of two crowded people may be than what the middle of
 *  average and closest pair may: of 160 pairs of halves of 40 often photographed people of LFW none needs more. */
const averageAllowance = 0.45;

/** Of each side of a crowded pair so many faces are compared to find the closest pair. */
const facesCompared = 8;

/** @returns each pair once, in a fixed order */
export function findCandidatePairs(view: LibraryView, search: CandidateSearch): CandidatePair[] {
  const found = findNeighbouringPairs(view, search);
  addCrowdedPairs(view, search, found);
  return [...found].map(([key, closest]) => {
    const [one, other] = pairOfKey(key, search.people.length);
    return { one, other, closest };
  });
}

/** @returns similarity of the closest neighbours by pair of people */
function findNeighbouringPairs({ input, neighbours }: LibraryView, search: CandidateSearch): Map<number, number> {
  const { people, minSimilarity, person } = search;
  const owners = markShownFaces(input.faceIds.length, people);
  const found = new Map<number, number>();
  owners.forEach((owner, face) => {
    if (owner < 0) return;
    const ids = neighbours.idsOf(face);
    const similarities = neighbours.similaritiesOf(face);
    const count = neighbours.countOf(face);
    for (let at = 0; at < count; at++) {
      const similarity = similarities[at]!;
      if (similarity < minSimilarity) continue;
      const other = owners[ids[at]!]!;
      if (other < 0 || other === owner || (person >= 0 && owner !== person && other !== person)) continue;
      const key = keyOfPair(owner, other, people.length);
      const known = found.get(key);
      if (known === undefined || known < similarity) found.set(key, similarity);
    }
  });
  return found;
}

/** @returns [n], the person that a face shows, -1 for faces that show nobody of interest */
function markShownFaces(faceCount: number, people: readonly (PersonFaces | null)[]): Int32Array {
  const owners = new Int32Array(faceCount).fill(-1);
  for (const own of people) for (const face of own?.shown ?? []) owners[face] = own!.person;
  return owners;
}

/**
 * [Note: crowded lists] The lists of somebody with hundreds of faces are full of the person's own, so two such people
 * may be one and no list shows it. There are few of them, as each fills a list: they are compared with each other by
 * their averages, and where they are closest in time.
 */
function addCrowdedPairs(view: LibraryView, search: CandidateSearch, found: Map<number, number>): void {
  const length = view.input.embeddingLength;
  const farthest = relativeDistance(search.minSimilarity, view.options) + averageAllowance;
  const minAverage = similarityAtRelative(farthest, view.options);
  const crowded = search.people.flatMap((own) => (own !== null && isCrowded(view, own) ? [describeCrowded(view, own)] : []));
  crowded.forEach((one, index) => {
    for (const other of crowded.slice(index + 1)) {
      const { person } = search;
      if (person >= 0 && one.own.person !== person && other.own.person !== person) continue;
      const key = keyOfPair(one.own.person, other.own.person, search.people.length);
      if (found.has(key)) continue;
      const [oneLook, otherLook] = findClosestLooks(one.looks, other.looks);
      if (averageSimilarity(oneLook, otherLook, length) < minAverage) continue;
      const closest = findClosest(view, { faces: one.own.shown, look: oneLook }, { faces: other.own.shown, look: otherLook });
      if (closest >= search.minSimilarity) found.set(key, closest);
    }
  });
}

interface CrowdedPerson {
  readonly own: PersonFaces;
  readonly looks: readonly Look[];
}

function describeCrowded(view: LibraryView, own: PersonFaces): CrowdedPerson {
  return { own, looks: listLooks(view, own.shown) };
}

/** Whether the lists of most of its faces are full, mostly with its own. */
function isCrowded({ neighbours, input }: LibraryView, { person, shown }: PersonFaces): boolean {
  let crowdedFaces = 0;
  for (const face of shown) {
    const count = neighbours.countOf(face);
    // A list of more than twice the person's faces cannot be full of them.
    if (!neighbours.isTruncated(face) || count > 2 * shown.length) continue;
    const ids = neighbours.idsOf(face);
    let own = 0;
    for (let at = 0; at < count; at++) if (input.personIndices[ids[at]!] === person) own += 1;
    if (2 * own >= count) crowdedFaces += 1;
  }
  return 2 * crowdedFaces >= shown.length;
}

interface Side {
  readonly faces: readonly number[];
  readonly look: VectorSum;
}

/** @returns similarity of the closest pair among the faces of each side that resemble the other side's look most */
function findClosest(view: LibraryView, one: Side, other: Side): number {
  const { units } = view;
  const length = view.input.embeddingLength;
  const ones = findMostSimilar(view, one.faces, other.look, facesCompared);
  const others = findMostSimilar(view, other.faces, one.look, facesCompared);
  let closest = -1;
  for (const face of ones) for (const to of others) closest = Math.max(closest, faceSimilarity(units, length, face, to));
  return closest;
}

/** @returns at most `count` of the faces, the one most similar to the sum first */
export function findMostSimilar(
  { units, input }: LibraryView,
  faces: readonly number[],
  to: VectorSum,
  count: number,
): number[] {
  const length = input.embeddingLength;
  return faces
    .map((face) => ({ face, similarity: averageSimilarity({ values: units, start: face * length, count: 1 }, to, length) }))
    .sort((one, other) => other.similarity - one.similarity || one.face - other.face)
    .slice(0, count)
    .map(({ face }) => face);
}
