/** Says which person each cluster is, keeping people's ids and moving as few faces as the clusters allow. */

import type { FaceCluster } from './cluster-faces.ts';
import type { FaceAssignment } from './types.ts';
import type { ClusteringInput } from '../terms/clustering-input.ts';

/**
 * An anchored cluster is its person. Another cluster becomes the unsettled person that it shares most faces with, best
 * match first (equal ones by lowest face), each person once and never one that a face of the cluster was rejected
 * from; what is left becomes new people.
 *
 * @param clusters every face in exactly one
 * @returns what changes; faces whose person stays are left out
 */
export function assignPeople(input: ClusteringInput, clusters: readonly FaceCluster[]): FaceAssignment[] {
  const personOf = matchPeople(input, clusters);
  let newPeople = 0;
  return clusters.flatMap((cluster, index) => {
    const person = personOf[index]!;
    const target = person >= 0 ? input.people[person]!.id : newPeople++;
    return cluster.faces
      .filter((face) => person < 0 || input.personIndices[face] !== person)
      .map((face) => ({ faceId: input.faceIds[face]!, person: target }));
  });
}

/** @returns person index of each cluster, -1 for a new person */
function matchPeople(input: ClusteringInput, clusters: readonly FaceCluster[]): Int32Array {
  const personOf = Int32Array.from(clusters, ({ anchor }) => anchor);
  const isTaken = new Set(clusters.map(({ anchor }) => anchor));
  for (const { cluster, person } of listOverlaps(input, clusters)) {
    if (personOf[cluster]! >= 0 || isTaken.has(person)) continue;
    personOf[cluster] = person;
    isTaken.add(person);
  }
  return personOf;
}

interface Overlap {
  readonly cluster: number;
  readonly person: number;
  faces: number;
  /** Lowest face that they share: decides between equal overlaps, and does so whatever ids people got. */
  readonly lowestFace: number;
}

/** Clusters without an anchor and people with a shared face, best match first. */
function listOverlaps(input: ClusteringInput, clusters: readonly FaceCluster[]): Overlap[] {
  const rejectedFrom = new Map<number, Set<number>>();
  for (const [face, person] of input.rejections) {
    const people = rejectedFrom.get(face);
    if (people) people.add(person);
    else rejectedFrom.set(face, new Set([person]));
  }
  const overlaps = clusters.flatMap((cluster, index) => {
    if (cluster.anchor >= 0) return [];
    const ruledOut = new Set<number>();
    for (const face of cluster.faces) for (const person of rejectedFrom.get(face) ?? []) ruledOut.add(person);
    const byPerson = new Map<number, Overlap>();
    for (const face of cluster.faces) {
      const person = input.personIndices[face]!;
      if (person < 0 || input.people[person]!.isHeld || ruledOut.has(person)) continue;
      const overlap = byPerson.get(person);
      if (overlap) overlap.faces += 1;
      else byPerson.set(person, { cluster: index, person, faces: 1, lowestFace: face });
    }
    return [...byPerson.values()];
  });
  return overlaps.sort((one, other) => other.faces - one.faces || one.lowestFace - other.lowestFace);
}
