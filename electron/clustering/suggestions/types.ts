/** What suggestions are computed from, and what they say: face and person indices, never sentences. */

import type { NeighbourLists } from '../neighbours/neighbour-index.ts';
import type { ClusteringOptions } from '../types.ts';
import type { ClusteringInput } from '../../terms/clustering-input.ts';

/** How what is seen becomes a probability, see [Note: odds of one person], and what is worth asking. */
export interface SuggestionOptions {
  /** Log-odds that a relative distance of 1 takes away, see [Note: relative distance]; the pack's. */
  readonly oddsSlope: number;
  /** Log-odds that two people at exactly `maxDistance` are one, before the number of people comes off. */
  readonly oddsAtMaxDistance: number;
  /** Log-odds that each photo with both of them in it takes away. */
  readonly sharedPhotoOdds: number;
  /** Nothing less probable is asked, above 0 and below 1... */
  readonly minProbability: number;
  /** ...and nothing whose answer is expected to settle fewer faces. */
  readonly minSettled: number;
  /** Average relative distance from the others at which a face is as likely one of a person as not. */
  readonly fitDistance: number;
  /** Of how two parts of what was taken for one person lie: how much steeper the odds are than those of two people. */
  readonly mixedSteepness: number;
}

/** The library as the last clustering and the user left it. */
export interface LibraryView {
  readonly input: ClusteringInput;
  readonly options: ClusteringOptions;
  readonly suggestions: SuggestionOptions;
  /** [n, embeddingLength], unit vectors */
  readonly units: Float32Array;
  /** Of every face the most similar ones, far enough out to hold those whom it might still be. */
  readonly neighbours: NeighbourLists;
}

/** "Are these one person?" */
export interface Question {
  /** The named or larger one. */
  readonly first: number;
  readonly second: number;
  /** Faces that show best who is meant, the most telling first. */
  readonly firstFaces: readonly number[];
  readonly secondFaces: readonly number[];
  /** 0 to 1. */
  readonly probability: number;
  /** Faces whose place the answer is expected to settle. */
  readonly settles: number;
}

export interface QuestionList {
  /** The best first. */
  readonly questions: readonly Question[];
  readonly questionsLeft: number;
  readonly facesLeft: number;
}

export interface QuestionOptions {
  readonly limit: number;
  /** Questions about this person alone; -1 for all. */
  readonly person: number;
  /** Pairs of people that wait until later, in either order. */
  readonly skipped: readonly (readonly [number, number])[];
  /** Whether to ask again what the user could not say. */
  readonly includeOpen: boolean;
}

export interface SplitGroups {
  /** All faces of the person, each in one; the first group is whom the person would stay. */
  readonly groups: readonly (readonly number[])[];
  /** That more than one person is among them, 0 to 1. */
  readonly probability: number;
}

export interface ReclusterGroups {
  readonly stayingCount: number;
  readonly leaving: readonly (readonly number[])[];
  readonly joining: readonly (readonly number[])[];
}
