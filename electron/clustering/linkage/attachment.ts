/** Gives faces of low quality to the clusters they resemble, without letting them bring clusters together. */

import { countSharedPhotos, joinRules, mayJoin, type JoinRule, type JoinRules } from './join-rules.ts';
import { GroupSums } from './group-sums.ts';
import type { LinkedGroup } from './linkage.ts';
import { mirrorLists } from '../neighbours/mirror-lists.ts';
import type { NeighbourLists } from '../neighbours/neighbour-index.ts';

export interface AttachmentProblem {
  readonly groups: readonly LinkedGroup[];
  /** Faces in no group, ascending. */
  readonly faces: readonly number[];
  readonly rules: JoinRules;
  readonly units: Float32Array;
  readonly length: number;
  readonly neighbours: NeighbourLists;
  /** A face joins a group only if the average cosine similarity with the group's faces is at least this. */
  readonly minSimilarity: number;
}

export interface Attachment {
  /** Faces added to each group, in the order of the groups. */
  readonly byGroup: readonly (readonly number[])[];
  readonly alone: readonly number[];
}

/** The best match goes first, and a face that has joined changes no later average: neither the order of the faces nor
 *  a row of blurred faces that resemble each other decides who belongs to whom. */
export function attachFaces(problem: AttachmentProblem): Attachment {
  const { groups, faces, rules, minSimilarity } = problem;
  const matches = listMatches(problem).filter(({ similarity }) => similarity >= minSimilarity);
  matches.sort((one, other) => other.similarity - one.similarity || one.face - other.face || one.group - other.group);
  const byGroup = groups.map((): number[] => []);
  const groupRules: JoinRule[] = groups.map(({ rule }) => rule);
  const isAttached = new Set<number>();
  for (const { face, group } of matches) {
    if (isAttached.has(face)) continue;
    const rule = rules.ofFreeFace(face);
    // What a bad picture shows does not outweigh that somebody of the group is in its photo already.
    if (!mayJoin(groupRules[group]!, rule) || countSharedPhotos(groupRules[group]!, rule) > 0) continue;
    groupRules[group] = joinRules(groupRules[group]!, rule);
    byGroup[group]!.push(face);
    isAttached.add(face);
  }
  return { byGroup, alone: faces.filter((face) => !isAttached.has(face)) };
}

interface Match {
  readonly face: number;
  readonly group: number;
  readonly similarity: number;
}

/** Groups that a face resembles on average hold at least one neighbour of it, see [Note: exact averages]. */
function listMatches({ groups, faces, units, length, neighbours, minSimilarity }: AttachmentProblem): Match[] {
  if (faces.length === 0) return [];
  const groupOf = new Int32Array(neighbours.faceCount).fill(-1);
  groups.forEach((group, index) => {
    for (const face of group.faces) groupOf[face] = index;
  });
  const mirrored = mirrorLists(neighbours, minSimilarity);
  const sums = new GroupSums(units, length, [...groups.map((group) => group.faces), ...faces.map((face) => [face])]);
  return faces.flatMap((face, index) => {
    const candidates = new Set<number>();
    for (const other of neighbours.idsOf(face)) candidates.add(groupOf[other]!);
    for (const other of mirrored.ids.subarray(mirrored.starts[face]!, mirrored.starts[face + 1]!)) {
      candidates.add(groupOf[other]!);
    }
    candidates.delete(-1);
    return [...candidates].map((group) => ({ face, group, similarity: sums.averageSimilarity(groups.length + index, group) }));
  });
}
