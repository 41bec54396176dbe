/** The clusterings that evaluations compare, each behind one call with one distance to tune. */

import type { FaceId } from '../../../electron/base/ids.ts';
import { LibraryClustering } from '../../../electron/clustering/library-clustering.ts';
import { clusterByContraction } from '../clustering-methods/additive-contraction.ts';
import { clusterByChineseWhispers } from '../clustering-methods/chinese-whispers.ts';
import { clusterByDbscan } from '../clustering-methods/dbscan.ts';
import { clusterByHdbscan } from '../clustering-methods/hdbscan.ts';
import { distanceAtSimilarity } from '../clustering-methods/neighbour-graph.ts';
import type { NeighbourLists } from '../../../electron/clustering/neighbours/neighbour-index.ts';
import { similarityAtDistance, type ClusteringOptions } from '../../../electron/clustering/types.ts';
import { unknownDay } from '../../../electron/terms/capture-day.ts';
import { compareFaces, type FaceVectors } from './compare-faces.ts';

export const clusteringMethods = ['average-linkage', 'chinese-whispers', 'dbscan', 'hdbscan', 'contraction'] as const;
export type ClusteringMethodName = (typeof clusteringMethods)[number];

/** Faces to be put into clusters, one a photo. */
export interface FaceSet extends FaceVectors {
  /** [n], 0 to 1 */
  readonly qualities: Float32Array;
}

/** What is known of the pack whose embeddings they are. */
export interface PackFacts {
  /** As the product clusters by this pack. */
  readonly clustering: ClusteringOptions;
  /** Log-odds of "one person" lost per unit of distance, and where they are bounded. */
  readonly slope: number;
  readonly maxLogOdds: number;
}

export interface MethodSettings {
  /** Euclidean, of unit vectors: how far apart faces may lie, or, of log-odds, where they say nothing. */
  readonly distance: number;
  /** What DBSCAN and HDBSCAN ask a core for, itself among them; 0 for methods that do not. */
  readonly minFaces: number;
}

/** @returns [n], equal for faces of one cluster */
export type ClusteringMethod = (settings: MethodSettings) => Int32Array;

/** Neighbours are looked for so far beyond the pack's distance: past what any method may want. */
const reachShare = 1.3;
const whisperRounds = 30;
/** Family members with two photos are a cluster. */
const minClusterSize = 2;

/** By method, the values of `minFaces` to try. */
export const minFacesChoices: Readonly<Record<ClusteringMethodName, readonly number[]>> = {
  'average-linkage': [0],
  'chinese-whispers': [0],
  dbscan: [2, 3],
  hdbscan: [1, 2, 3],
  contraction: [0],
};

/** Methods that read lists of neighbours share those of a set of faces. */
export function findNeighbours(faces: FaceSet, { clustering }: PackFacts): NeighbourLists {
  return compareFaces(faces, similarityAtDistance(clustering.maxDistance * reachShare));
}

export function createMethod(
  name: ClusteringMethodName,
  faces: FaceSet,
  pack: PackFacts,
  neighbours: NeighbourLists,
  seed: number,
): ClusteringMethod {
  switch (name) {
    case 'average-linkage':
      return ({ distance }) => linkFaces(faces, scaleClustering(pack.clustering, distance));
    case 'chinese-whispers':
      return ({ distance }) =>
        clusterByChineseWhispers(neighbours, { minSimilarity: similarityAtDistance(distance), rounds: whisperRounds, seed });
    case 'dbscan':
      return ({ distance, minFaces }) => clusterByDbscan(neighbours, { minSimilarity: similarityAtDistance(distance), minFaces });
    case 'hdbscan':
      return ({ distance, minFaces }) => clusterByHdbscan(neighbours, { maxDistance: distance, minFaces, minClusterSize });
    case 'contraction':
      return ({ distance }) => contractFaces(neighbours, pack, distance);
  }
}

/** The product's own clustering, of a library that nobody has touched.
 *  @returns [n], equal for faces of one cluster */
export function linkFaces({ embeddings, length, qualities }: FaceSet, options: ClusteringOptions): Int32Array {
  const faceIds = Array.from(qualities, (_, index) => `face-${index}` as FaceId);
  const { clusters } = new LibraryClustering().run(
    {
      faceIds,
      embeddingLength: length,
      embeddingRows: Float64Array.from(faceIds, (_, index) => index),
      embeddings,
      qualities,
      photoIndices: Int32Array.from(faceIds, (_, index) => index),
      personIndices: new Int32Array(faceIds.length).fill(-1),
      confirmed: new Uint8Array(faceIds.length),
      captureDays: new Int32Array(faceIds.length).fill(unknownDay),
      people: [],
      rejections: [],
      leftOpen: [],
    },
    options,
    { scope: 'settled' },
  );
  const indices = new Map(faceIds.map((id, index) => [id, index]));
  const labels = new Int32Array(faceIds.length);
  clusters.forEach((members, cluster) => members.forEach((id) => (labels[indices.get(id)!] = cluster)));
  return labels;
}

/** @returns the options with everything that goes with the distance moved along */
function scaleClustering(options: ClusteringOptions, maxDistance: number): ClusteringOptions {
  const maxAttachDistance = (options.maxAttachDistance * maxDistance) / options.maxDistance;
  return { ...options, maxDistance, maxAttachDistance };
}

function contractFaces(neighbours: NeighbourLists, { clustering, slope, maxLogOdds }: PackFacts, midpoint: number): Int32Array {
  const bound = (logOdds: number): number => Math.max(-maxLogOdds, Math.min(maxLogOdds, logOdds));
  const reach = clustering.maxDistance * reachShare;
  // Past the midpoint pairs speak against one person, and those that are not listed at least so much.
  const unseenLogOdds = Math.min(bound(slope * (midpoint - reach)), -Number.EPSILON);
  return clusterByContraction(neighbours, {
    minSimilarity: similarityAtDistance(reach),
    logOdds: (similarity) => bound(slope * (midpoint - distanceAtSimilarity(similarity))),
    unseenLogOdds,
  });
}
