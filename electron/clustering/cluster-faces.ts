/** Puts every face into one cluster, from what the embeddings show and what the user has decided. */

import { attachFaces } from './attachment.ts';
import { Demand } from './demand.ts';
import { JoinRules, type JoinRule } from './join-rules.ts';
import { linkGroups, type LinkageGroup } from './linkage.ts';
import type { NeighbourLists } from './neighbours.ts';
import { similarityAtDistance, unwatched, type ClusteringInput, type ClusteringOptions, type Watch } from './types.ts';

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
}

/** In a person of so many faces, a lone face that resembles none of the others and that nobody has confirmed... */
const facesThatShowAnOutlier = 5;

/** @returns the clusters by lowest face, every face in exactly one. A function of the problem alone: with the scope
 *  "settled" it takes no notice of people that the user has left as computed. */
export function clusterFaces(problem: ClusteringProblem, watch: Watch = unwatched): FaceCluster[] {
  const { input, units, options } = problem;
  const anchors = findAnchors(problem);
  const rules = new JoinRules(input, anchors);
  const seedCount = input.qualities.reduce((count, quality) => count + (quality >= options.minSeedQuality ? 1 : 0), 0);
  const linkage = {
    units,
    length: input.embeddingLength,
    neighbours: problem.neighbours,
    demand: new Demand(options, seedCount),
  };
  const groups = [...findModes(problem, anchors, rules, linkage.demand, watch), ...listFreeSeeds(input, anchors, rules, options)];
  const linked = linkGroups({ ...linkage, groups: groups.sort((one, other) => one.faces[0]! - other.faces[0]!) }, watch);
  const isPlaced = new Uint8Array(input.faceIds.length);
  for (const group of linked) for (const face of group.faces) isPlaced[face] = 1;
  const waiting: number[] = [];
  anchors.forEach((anchor, face) => {
    if (anchor < 0 && isPlaced[face] === 0) waiting.push(face);
  });
  const minSimilarity = similarityAtDistance(options.maxAttachDistance);
  const attached = attachFaces({ ...linkage, minSimilarity, groups: linked, faces: waiting, rules });
  return gatherClusters(
    linked.map((group, index) => ({ faces: [...group.faces, ...attached.byGroup[index]!], anchor: group.rule.anchor })),
    anchors,
    attached.alone,
  );
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
  demand: Demand,
  watch: Watch,
): LinkageGroup[] {
  const { input, units, options, neighbours } = problem;
  const byPerson = new Map<number, number[]>();
  anchors.forEach((person, face) => {
    if (person < 0) return;
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
    for (const face of shown) groups.push({ faces: [face], rule });
  }
  const modes = linkGroups(
    {
      groups: groups.sort((one, other) => one.faces[0]! - other.faces[0]!),
      units,
      length: input.embeddingLength,
      neighbours,
      demand,
    },
    watch,
  );
  return modes.filter(({ faces, rule }) => {
    const isOutlier = faces.length === 1 && sizes.get(rule)! >= facesThatShowAnOutlier;
    return !isOutlier || input.confirmed[faces[0]!] === 1;
  });
}

function listFreeSeeds(
  input: ClusteringInput,
  anchors: Int32Array,
  rules: JoinRules,
  options: ClusteringOptions,
): LinkageGroup[] {
  const seeds: LinkageGroup[] = [];
  anchors.forEach((anchor, face) => {
    if (anchor >= 0 || input.qualities[face]! < options.minSeedQuality) return;
    seeds.push({ faces: [face], rule: rules.ofFreeFace(face) });
  });
  return seeds;
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
