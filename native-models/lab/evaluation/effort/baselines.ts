/** What others' rules make of a library's faces, and the distance with which their users have least to do. */

import { clusterByChineseWhispers } from '../../clustering-methods/chinese-whispers.ts';
import { clusterByIncrementalDbscan } from '../../clustering-methods/incremental-dbscan.ts';
import { clusterByNearestEarlier } from '../../clustering-methods/nearest-earlier.ts';
import type { NeighbourLists } from '../../../../electron/clustering/neighbours/neighbour-index.ts';
import { similarityAtDistance } from '../../../../electron/clustering/types.ts';
import { compareFaces } from '../compare-faces.ts';
import type { DrawnLibrary } from './draw-library.ts';
import { HandLibrary } from './hand-library.ts';
import { simulateUser, type Effort, type EffortOptions } from './simulate-user.ts';

export const baselines = ['immich', 'ente', 'chinese-whispers'] as const;
export type BaselineName = (typeof baselines)[number];

/** immich's own default. */
const immichMinFaces = 3;
const whisperRounds = 30;
/** Of the pack's distance: from where clusters crumble to where they flow together. */
const distanceShares = Array.from({ length: 25 }, (_, index) => 0.8 + index * 0.02);

/** A library with its faces compared, as far as any rule may want to look. */
export interface ComparedLibrary extends DrawnLibrary {
  readonly neighbours: NeighbourLists;
}

/** @param sameDistance the pack's, Euclidean, of unit vectors */
export function compareLibrary(library: DrawnLibrary, sameDistance: number): ComparedLibrary {
  const vectors = library.photos.flatMap(({ faces }) => faces.map(({ embedding }) => embedding));
  const length = vectors[0]?.length ?? 1;
  const embeddings = new Float32Array(vectors.length * length);
  vectors.forEach((vector, index) => embeddings.set(vector, index * length));
  const minSimilarity = similarityAtDistance(sameDistance * distanceShares.at(-1)!) - 1e-5;
  return { ...library, neighbours: compareFaces({ embeddings, length }, minSimilarity) };
}

/** @returns what the user has to do, every cluster by hand */
export function labelByHand(name: BaselineName, library: ComparedLibrary, distance: number, options: EffortOptions): Promise<Effort> {
  const labels = clusterBy(name, library.neighbours, similarityAtDistance(distance));
  return simulateUser(new HandLibrary(library.faceNames, labels), library.truth, options);
}

/** @returns the distance with the fewest actions over all the libraries; a library that does not come to its end counts
 *    as many as it has faces */
export async function tuneBaseline(
  name: BaselineName,
  libraries: readonly ComparedLibrary[],
  sameDistance: number,
  options: EffortOptions,
): Promise<number> {
  let best = { distance: sameDistance, actions: Number.POSITIVE_INFINITY };
  for (const share of distanceShares) {
    const distance = share * sameDistance;
    let actions = 0;
    for (const library of libraries) {
      const effort = await labelByHand(name, library, distance, options);
      actions += effort.standing.isFinished ? effort.actions : library.faceNames.length;
    }
    if (actions < best.actions) best = { distance, actions };
  }
  return best.distance;
}

function clusterBy(name: BaselineName, neighbours: NeighbourLists, minSimilarity: number): Int32Array {
  switch (name) {
    case 'immich':
      return clusterByIncrementalDbscan(neighbours, { minSimilarity, minFaces: immichMinFaces });
    case 'ente':
      return clusterByNearestEarlier(neighbours, minSimilarity);
    case 'chinese-whispers':
      return clusterByChineseWhispers(neighbours, { minSimilarity, rounds: whisperRounds, seed: 1 });
  }
}
