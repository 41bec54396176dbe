/** Says how likely pairs of people are one, describing each person once. */

import type { CandidatePair } from './candidate-pairs.ts';
import { farthestWorthAsking, logOddsOfOnePerson, probabilityAt, relativeDistance } from './likelihood.ts';
import { findClosestLooks, listLooks, similarityInTime, type Look } from './looks.ts';
import type { PersonFaces } from './people-faces.ts';
import { SharedPhotos } from './shared-photos.ts';
import type { LibraryView } from './types.ts';
import { averageSimilarity, sumFaces, type VectorSum } from './vectors.ts';

/** So much farther apart, in relative distance, than what is worth asking may two people be both on average and where
 *  they are closest in time, for all pairs of their looks to be compared. */
const glanceAllowance = 0.25;

/** From so many pairs of looks on a glance comes first. */
const fewestLooksToGlanceAt = 5;

interface Description {
  readonly looks: readonly Look[];
  readonly sum: VectorSum;
}

export class PairComparison {
  readonly #view: LibraryView;
  readonly #people: readonly (PersonFaces | null)[];
  readonly #peopleCount: number;
  readonly #farthest: number;
  readonly #photos: SharedPhotos;
  readonly #descriptions = new Map<number, Description>();

  /** @param people by person index
   *  @param peopleCount among whom somebody is to be told, see [Note: odds of one person] */
  constructor(view: LibraryView, people: readonly (PersonFaces | null)[], peopleCount: number) {
    this.#view = view;
    this.#people = people;
    this.#peopleCount = peopleCount;
    this.#farthest = farthestWorthAsking(view.suggestions.minProbability, peopleCount, view.suggestions);
    this.#photos = new SharedPhotos(view.input, people);
  }

  /** @returns probability that the two are one person; 0 for what is certainly not worth asking */
  measure({ one, other, closest }: CandidatePair): number {
    const { options, suggestions } = this.#view;
    const closestDistance = relativeDistance(closest, options);
    const farthestMean = 2 * this.#farthest - closestDistance;
    const meanDistance = this.#measureMean(one, other, closestDistance, farthestMean);
    if (meanDistance > farthestMean) return 0;
    const evidence = { meanDistance, closestDistance, sharedPhotos: this.#photos.count(one, other) };
    return probabilityAt(logOddsOfOnePerson(evidence, this.#peopleCount, suggestions));
  }

  /** @returns relative distance in time; beyond the limit, perhaps not the exact one */
  #measureMean(one: number, other: number, closestDistance: number, limit: number): number {
    if (this.#people[one]!.shown.length + this.#people[other]!.shown.length === 2) return closestDistance;
    const { options, input } = this.#view;
    const length = input.embeddingLength;
    const [ones, others] = [this.#describe(one), this.#describe(other)];
    if (ones.looks.length * others.looks.length >= fewestLooksToGlanceAt) {
      const average = averageSimilarity(ones.sum, others.sum, length);
      const inTime = averageSimilarity(...findClosestLooks(ones.looks, others.looks), length);
      const glance = relativeDistance(Math.max(average, inTime), options);
      if (glance > limit + glanceAllowance) return glance;
    }
    return relativeDistance(similarityInTime(ones.looks, others.looks, length), options);
  }

  #describe(person: number): Description {
    const known = this.#descriptions.get(person);
    if (known) return known;
    const { shown } = this.#people[person]!;
    const looks = listLooks(this.#view, shown);
    const sum = looks.length === 1 ? looks[0]! : sumFaces(this.#view.units, this.#view.input.embeddingLength, shown);
    const description = { looks, sum };
    this.#descriptions.set(person, description);
    return description;
  }
}
