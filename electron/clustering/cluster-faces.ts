/** Puts every face into one cluster, from what the embeddings show and what the user has decided. */

import { attachFaces } from './linkage/attachment.ts';
import { Demand } from './linkage/demand.ts';
import { JoinRules, type JoinRule } from './linkage/join-rules.ts';
import { linkGroups, type LinkageGroup, type LinkageProblem, type LinkedGroup } from './linkage/linkage.ts';
import type { NeighbourLists } from './neighbours/neighbour-index.ts';
import { bridgeTime } from './linkage/time-bridges.ts';
import { similarityAtDistance, unwatched, type ClusteringOptions, type Watch } from './types.ts';
import type { ClusteringInput } from '../terms/clustering-input.ts';

export interface FaceCluster {
  /** Face indices, ascending. */
  readonly faces: readonly number[];
  /** Person that the cluster belongs to whatever else is computed; -1 for none. At most one cluster a person. */
  readonly anchor: number;
}

/** What of the present people stays as it is: what the user has settled, or, while an import runs, all of them. */
export type ClusteringScope = 'settled' | 'everybody';

export interface ClusteringProblem {
  readonly input: ClusteringInput;
  /** Complete for pairs at least as similar as `options.maxDistance` says, up to the cap. */
  readonly neighbours: NeighbourLists;
  /** [n, embeddingLength], unit vectors */
  readonly units: Float32Array;
  readonly options: ClusteringOptions;
  readonly scope: ClusteringScope;
  /** [n], equal for faces that an earlier clustering joined, -1 for those that it left alone or did not know. Where
   *  everybody stays it spares joining them again; a clustering of what is not settled takes no notice. */
  readonly looks: Int32Array;
}

export interface FaceClusters {
  /** By lowest face, every face in exactly one. */
  readonly clusters: readonly FaceCluster[];
  /** [n], as in ClusteringProblem, for the next one */
  readonly looks: Int32Array;
}

/** In a person of so many faces, a lone face that resembles none of the others and that nobody has confirmed... */
const facesThatShowAnOutlier = 5;

/** @returns a function of the problem alone: with the scope "settled" clusters take no notice of people that the user has
 *  left as computed, with "everybody" only people who have a neighbour among the new faces are looked at */
export function clusterFaces(problem: ClusteringProblem, watch: Watch = unwatched): FaceClusters {
  const { input, units, options, neighbours } = problem;
  const anchors = findAnchors(problem);
  const rules = new JoinRules(input, anchors);
  const seedCount = input.qualities.reduce((count, quality) => count + (quality >= options.minSeedQuality ? 1 : 0), 0);
  const linkage = { units, length: input.embeddingLength, neighbours, demand: new Demand(options, seedCount) };
  const minSimilarity = similarityAtDistance(options.maxAttachDistance);
  const nearby = problem.scope === 'everybody' ? findPeopleNearby(problem, anchors, Math.min(linkage.demand.floor, minSimilarity)) : null;
  const modes = findModes(problem, anchors, rules, linkage, nearby, watch);
  const join = (groups: readonly LinkageGroup[]): LinkedGroup[] => {
    const inOrder = [...groups].sort((one, other) => one.faces[0]! - other.faces[0]!);
    return bridgeTime({ ...linkage, groups: linkGroups({ ...linkage, groups: inOrder }, watch), captureDays: input.captureDays });
  };
  const { early, others } = listFreeSeeds(input, anchors, rules, options);
  const joined = join([...modes.shown, ...others]);
  const linked = early.length === 0 ? joined : join([...joined, ...early]);
  const isPlaced = new Uint8Array(input.faceIds.length);
  for (const group of linked) for (const face of group.faces) isPlaced[face] = 1;
  const waiting: number[] = [];
  anchors.forEach((anchor, face) => {
    if (anchor < 0 && isPlaced[face] === 0) waiting.push(face);
  });
  const attached = attachFaces({ ...linkage, minSimilarity, groups: linked, faces: waiting, rules });
  const placed = linked.map((group, index) => ({ faces: [...group.faces, ...attached.byGroup[index]!], anchor: group.rule.anchor }));
  return { clusters: gatherClusters(placed, anchors, attached.alone), looks: numberLooks(problem, [...linked, ...modes.hidden]) };
}

/** @returns [n], the number of the group that holds each face; faces that nobody looked at keep theirs */
function numberLooks({ looks, scope }: ClusteringProblem, groups: readonly { faces: readonly number[] }[]): Int32Array {
  const numbered = scope === 'settled' ? new Int32Array(looks.length).fill(-1) : looks.slice();
  let next = numbered.reduce((highest, look) => Math.max(highest, look), -1) + 1;
  for (const { faces } of groups) {
    for (const face of faces) numbered[face] = next;
    next += 1;
  }
  return numbered;
}

/** @returns [n], the person that each face does not leave, -1 for none */
function findAnchors({ input, scope }: ClusteringProblem): Int32Array {
  return input.personIndices.map((person, face) => {
    if (person < 0) return -1;
    return scope === 'everybody' || input.people[person]!.isHeld || input.confirmed[face] === 1 ? person : -1;
  });
}

/**
 * The looks of each anchored person, as groups that others may join.
 *
 * [Note: looks] A person is held together by its anchor, not by similarity: somebody whom the user has put together
 * out of a child and an adult stays one, and new faces are compared with each look on its own, which an average over
 * both would resemble less than either. What brings no new faces in: faces of low quality, unless nothing else shows
 * the person, and in a person of several faces a single one that resembles none of the others and that nobody has
 * confirmed, which is the likeliest to be wrong there.
 */
function findModes(
  problem: ClusteringProblem,
  anchors: Int32Array,
  rules: JoinRules,
  linkage: Omit<LinkageProblem, 'groups'>,
  nearby: ReadonlySet<number> | null,
  watch: Watch,
): { readonly shown: LinkedGroup[]; readonly hidden: LinkedGroup[] } {
  const { input, options, scope, looks } = problem;
  const byPerson = new Map<number, number[]>();
  anchors.forEach((person, face) => {
    if (person < 0 || nearby?.has(person) === false) return;
    const faces = byPerson.get(person);
    if (faces) faces.push(face);
    else byPerson.set(person, [face]);
  });
  const groups: LinkageGroup[] = [];
  const sizes = new Map<JoinRule, number>();
  for (const [person, faces] of byPerson) {
    const good = faces.filter((face) => input.qualities[face]! >= options.minSeedQuality);
    const isSettled = input.people[person]!.isHeld || faces.some((face) => input.confirmed[face] === 1);
    const shown = good.length > 0 || !isSettled ? good : faces;
    const rule = rules.ofAnchor(person);
    sizes.set(rule, shown.length);
    for (const members of groupByLook(shown, scope === 'everybody' ? looks : null)) groups.push({ faces: members, rule });
  }
  const modes = linkGroups({ ...linkage, groups: groups.sort((one, other) => one.faces[0]! - other.faces[0]!) }, watch);
  const isOutlier = ({ faces, rule }: LinkedGroup): boolean =>
    faces.length === 1 && sizes.get(rule)! >= facesThatShowAnOutlier && input.confirmed[faces[0]!] !== 1;
  return { shown: modes.filter((mode) => !isOutlier(mode)), hidden: modes.filter(isOutlier) };
}

/** @param minSimilarity nobody takes in a face who has none as similar as that to it
 *  @returns people of whom a new face has such a neighbour, or who have one among the new faces */
function findPeopleNearby({ neighbours }: ClusteringProblem, anchors: Int32Array, minSimilarity: number): Set<number> {
  const people = new Set<number>();
  for (let face = 0; face < neighbours.faceCount; face++) {
    const anchor = anchors[face]!;
    const ids = neighbours.idsOf(face);
    const similarities = neighbours.similaritiesOf(face);
    for (let at = 0; at < ids.length; at++) {
      const otherAnchor = anchors[ids[at]!]!;
      if ((anchor < 0) === (otherAnchor < 0) || similarities[at]! < minSimilarity) continue;
      people.add(Math.max(anchor, otherAnchor));
    }
  }
  return people;
}

/** @returns faces that an earlier clustering joined together, the others each on its own */
function groupByLook(faces: readonly number[], looks: Int32Array | null): number[][] {
  const groups: number[][] = [];
  const byLook = new Map<number, number[]>();
  for (const face of faces) {
    const look = looks?.[face] ?? -1;
    const known = look < 0 ? undefined : byLook.get(look);
    if (known !== undefined) {
      known.push(face);
      continue;
    }
    const group = [face];
    groups.push(group);
    if (look >= 0) byLook.set(look, group);
  }
  return groups;
}

/** Faces from before somebody's birth are joined last: with one of them in it a group can no longer become that person,
 *  and some cameras do not know the year. */
function listFreeSeeds(
  input: ClusteringInput,
  anchors: Int32Array,
  rules: JoinRules,
  options: ClusteringOptions,
): { readonly early: LinkageGroup[]; readonly others: LinkageGroup[] } {
  const early: LinkageGroup[] = [];
  const others: LinkageGroup[] = [];
  anchors.forEach((anchor, face) => {
    if (anchor >= 0 || input.qualities[face]! < options.minSeedQuality) return;
    const rule = rules.ofFreeFace(face);
    (rule.firstDay < Infinity ? early : others).push({ faces: [face], rule });
  });
  return { early, others };
}

/** Unites the groups of an anchor with all of its faces. */
function gatherClusters(
  groups: readonly { faces: readonly number[]; anchor: number }[],
  anchors: Int32Array,
  alone: readonly number[],
): FaceCluster[] {
  const byAnchor = new Map<number, Set<number>>();
  anchors.forEach((anchor, face) => {
    if (anchor < 0) return;
    const faces = byAnchor.get(anchor);
    if (faces) faces.add(face);
    else byAnchor.set(anchor, new Set([face]));
  });
  const clusters: FaceCluster[] = alone.map((face) => ({ faces: [face], anchor: -1 }));
  for (const group of groups) {
    if (group.anchor < 0) clusters.push({ faces: sortIndices(group.faces), anchor: -1 });
    else for (const face of group.faces) byAnchor.get(group.anchor)!.add(face);
  }
  for (const [anchor, faces] of byAnchor) clusters.push({ faces: sortIndices(faces), anchor });
  return clusters.sort((one, other) => one.faces[0]! - other.faces[0]!);
}

function sortIndices(faces: Iterable<number>): number[] {
  return [...faces].sort((one, other) => one - other);
}
