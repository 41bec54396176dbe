/** Chooses the faces by which somebody is recognised. */

import { findMostSimilar } from './candidate-pairs.ts';
import type { PersonFaces } from './people-faces.ts';
import type { LibraryView } from './types.ts';
import { averageSimilarity, faceSimilarity, sumFaces } from './vectors.ts';

/** As many as a row beside another one shows large enough. */
const exemplarCount = 4;

/** So many candidates are considered: the choice compares each with those chosen. */
const candidateCount = 48;

/**
 * @param other whom the person is to be compared with
 * @returns at most four faces, the most telling first: good pictures, typical of the person and comparable with the
 *   other, and different from each other, so that not one burst of photos stands for all
 */
export function pickExemplars(view: LibraryView, own: PersonFaces, other: PersonFaces): number[] {
  const { units, input } = view;
  const length = input.embeddingLength;
  const [ownSum, otherSum] = [own, other].map(({ shown }) => sumFaces(units, length, shown)) as [ReturnType<typeof sumFaces>, ReturnType<typeof sumFaces>];
  const worth = new Map<number, number>();
  for (const face of listCandidates(view, own, ownSum)) {
    const single = { values: units, start: face * length, count: 1 };
    const likeness = averageSimilarity(single, ownSum, length) + averageSimilarity(single, otherSum, length);
    worth.set(face, input.qualities[face]! + likeness);
  }
  return pickVaried(view, worth);
}

/** Confirmed faces, where there are any, say for sure who is meant. */
function listCandidates(view: LibraryView, own: PersonFaces, sum: ReturnType<typeof sumFaces>): number[] {
  const confirmed = own.shown.filter((face) => view.input.confirmed[face] === 1);
  return findMostSimilar(view, confirmed.length >= exemplarCount ? confirmed : own.shown, sum, candidateCount);
}

/** Takes the worthiest again and again, each worth as much less as it resembles one taken before. */
function pickVaried({ units, input }: LibraryView, worth: Map<number, number>): number[] {
  const picked: number[] = [];
  while (picked.length < exemplarCount && worth.size > 0) {
    let best = -1;
    for (const [face, value] of worth) if (best < 0 || value > worth.get(best)!) best = face;
    picked.push(best);
    worth.delete(best);
    for (const [face, value] of worth) {
      worth.set(face, value - Math.max(0, faceSimilarity(units, input.embeddingLength, best, face)));
    }
  }
  return picked;
}
