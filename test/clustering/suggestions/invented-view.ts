/** Makes small libraries of invented people, as the suggestions see them. */

import type { FaceId, PersonId } from '../../../electron/base/ids.ts';
import type { Random } from '../../../electron/base/random.ts';
import { NeighbourIndex } from '../../../electron/clustering/neighbours/neighbour-index.ts';
import type { LibraryView, QuestionOptions, SuggestionOptions } from '../../../electron/clustering/suggestions/types.ts';
import { type ClusteringOptions } from '../../../electron/clustering/types.ts';
import { unknownDay } from '../../../electron/terms/capture-day.ts';
import { drawAround, testOptions } from '../synthetic-library.ts';

/** Of the standard pack. */
export const clusteringOptions: ClusteringOptions = { ...testOptions, maxAttachDistance: 1 };

export const suggestionOptions: SuggestionOptions = {
  oddsSlope: 19.5,
  oddsAtMaxDistance: 6.5,
  sharedPhotoOdds: 3,
  minProbability: 0.02,
  minSettled: 0.2,
  fitDistance: 1.1,
  mixedSteepness: 2.2,
};

export const allQuestions: QuestionOptions = { limit: 100, person: -1, skipped: [], includeOpen: false };

export interface InventedFace {
  /** A unit vector. */
  readonly embedding: Float32Array;
  readonly quality?: number;
  readonly day?: number;
  /** Faces without one have each a photo of their own. */
  readonly photo?: number;
  readonly isConfirmed?: boolean;
}

export interface InventedPerson {
  readonly faces: readonly InventedFace[];
  readonly name?: string;
  readonly isHeld?: boolean;
  readonly isIgnored?: boolean;
  readonly bornDay?: number;
}

export interface Said {
  /** Indices of faces, counted through all people, and of people. */
  readonly rejections?: readonly (readonly [number, number])[];
  readonly leftOpen?: readonly (readonly [number, number])[];
  readonly maxNeighbours?: number;
}

/** @param people their faces get the indices in the order given */
export function openInventedView(people: readonly InventedPerson[], said: Said = {}): LibraryView {
  const faces = people.flatMap(({ faces: own }) => own);
  const embeddingLength = faces[0]!.embedding.length;
  const embeddings = new Float32Array(faces.length * embeddingLength);
  faces.forEach(({ embedding }, face) => embeddings.set(embedding, face * embeddingLength));
  const faceIds = faces.map((_, face) => `face-${face}` as FaceId);
  const options = { ...clusteringOptions, maxNeighbours: said.maxNeighbours ?? clusteringOptions.maxNeighbours };
  const { maxNeighbours, exactUpTo } = options;
  const neighbours = new NeighbourIndex(embeddingLength, { minSimilarity: 0.15, maxNeighbours, exactUpTo, exactFrom: 0.15, subspaceTolerance: 0 });
  const embeddingRows = Float64Array.from(faces, (_, face) => face);
  neighbours.update(embeddingRows, embeddings.slice());
  const input = {
    faceIds,
    embeddingLength,
    embeddingRows,
    embeddings,
    qualities: Float32Array.from(faces, ({ quality = 0.8 }) => quality),
    photoIndices: Int32Array.from(faces, ({ photo }, face) => photo ?? 1_000_000 + face),
    personIndices: Int32Array.from(people.flatMap(({ faces: own }, person) => own.map(() => person))),
    confirmed: Uint8Array.from(faces, ({ isConfirmed = false }) => (isConfirmed ? 1 : 0)),
    captureDays: Int32Array.from(faces, ({ day = unknownDay }) => day),
    people: people.map(({ name = null, isHeld = name !== null, isIgnored = false, bornDay = null }, person) => {
      return { id: `person-${person}` as PersonId, name, isHeld, isIgnored, bornDay };
    }),
    rejections: said.rejections ?? [],
    leftOpen: said.leftOpen ?? [],
  };
  return { input, options, suggestions: suggestionOptions, neighbours, units: neighbours.units };
}

/** Faces as like each other as those of one person mostly are. */
export function drawFaces(
  look: Float32Array,
  count: number,
  random: Random,
  like: Partial<InventedFace> = {},
): InventedFace[] {
  return Array.from({ length: count }, () => ({ ...like, embedding: drawAround(look, 0.66, random) }));
}

/** Two looks of one person whose faces resemble each other by about 0.42: the clustering leaves them apart. */
export function drawOtherLook(look: Float32Array, random: Random): Float32Array {
  return drawAround(look, 0.41, random);
}
