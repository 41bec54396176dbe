/** Says which groups of faces may become one by what the user has decided, and which photos they have in common. */

import { countFacesOfPhotos, countInCommon } from '../photos-in-common.ts';
import { unknownDay } from '../../terms/capture-day.ts';
import type { ClusteringInput } from '../../terms/clustering-input.ts';

/**
 * What a group brings along. Groups of one anchor share one record, as they end in one person whatever is computed.
 * A record only ever grows while groups are joined, so that what is forbidden once stays forbidden.
 */
export interface JoinRule {
  /** Person that the group's faces do not leave, -1 for none. */
  readonly anchor: number;
  /** Photos of its faces, for as long as they have several faces: what two groups may have in common. */
  readonly photos: Set<number>;
  /** People whose faces it holds; only people that a face was rejected from matter. */
  readonly members: Set<number>;
  /** People that one of its faces was rejected from. */
  readonly forbidden: Set<number>;
  /** Earliest day of capture that matters; Infinity for none. That of an anchor does not: who the user put there stays. */
  firstDay: number;
  /** First day on which the anchor's person may have been photographed; -Infinity where nobody has said. */
  readonly bornDay: number;
}

/** What groups without an anchor, a shared photo or a rejection have in common; never written to. */
const freeRule: JoinRule = emptyRule(-1);

export class JoinRules {
  readonly #input: ClusteringInput;
  readonly #photoFaces: Int32Array;
  readonly #rejectedFrom: ReadonlyMap<number, readonly number[]>;
  readonly #peopleWithRejections: ReadonlySet<number>;
  readonly #anchored = new Map<number, JoinRule>();
  /** Nobody was born later: from that day on it is of no interest when a photo was taken. */
  readonly #lastBornDay: number;

  /** @param anchors [n], person that a face does not leave, -1 for none */
  constructor(input: ClusteringInput, anchors: Int32Array) {
    this.#input = input;
    this.#photoFaces = countFacesOfPhotos(input.photoIndices);
    this.#rejectedFrom = groupRejections(input, anchors);
    this.#peopleWithRejections = new Set([...this.#rejectedFrom.values()].flat());
    this.#lastBornDay = input.people.reduce((last, { bornDay }) => Math.max(last, bornDay ?? last), Number.NEGATIVE_INFINITY);
    anchors.forEach((person, face) => {
      if (person < 0) return;
      const rule = this.#anchored.get(person) ?? emptyRule(person, input.people[person]!.bornDay);
      this.#anchored.set(person, rule);
      this.#addFace(rule, face);
    });
  }

  /** The record that all groups of the person share. */
  ofAnchor(person: number): JoinRule {
    return this.#anchored.get(person)!;
  }

  /** A record for a group of one face that no person holds. */
  ofFreeFace(face: number): JoinRule {
    const rule = emptyRule(-1);
    this.#addFace(rule, face);
    const day = this.#input.captureDays[face]!;
    if (day !== unknownDay && day < this.#lastBornDay) rule.firstDay = day;
    return weigh(rule) > 0 || rule.firstDay < Infinity ? rule : freeRule;
  }

  #addFace(rule: JoinRule, face: number): void {
    const photo = this.#input.photoIndices[face]!;
    if (this.#photoFaces[photo]! > 1) rule.photos.add(photo);
    const rejectedFrom = this.#rejectedFrom.get(face) ?? [];
    for (const person of rejectedFrom) rule.forbidden.add(person);
    const person = this.#input.personIndices[face]!;
    if (this.#peopleWithRejections.has(person) && !rejectedFrom.includes(person)) rule.members.add(person);
  }
}

export function mayJoin(first: JoinRule, second: JoinRule): boolean {
  if (first === second) return true;
  if (first.anchor >= 0 && second.anchor >= 0) return false;
  if (first.firstDay < second.bornDay || second.firstDay < first.bornDay) return false;
  return areDisjoint(first.members, second.forbidden) && areDisjoint(first.forbidden, second.members);
}

/** @returns how many photos show both groups */
export function countSharedPhotos(first: JoinRule, second: JoinRule): number {
  return first === second ? 0 : countInCommon(first.photos, second.photos);
}

/** @returns the record of the joined group. Writes to that of the anchored or larger group, to spare copying. */
export function joinRules(first: JoinRule, second: JoinRule): JoinRule {
  if (first === second || second === freeRule) return first;
  if (first === freeRule) return second;
  const isFirstKept = second.anchor < 0 && (first.anchor >= 0 || weigh(first) >= weigh(second));
  const [kept, added] = isFirstKept ? [first, second] : [second, first];
  for (const photo of added.photos) kept.photos.add(photo);
  for (const person of added.members) kept.members.add(person);
  for (const person of added.forbidden) kept.forbidden.add(person);
  if (kept.anchor < 0) kept.firstDay = Math.min(kept.firstDay, added.firstDay);
  return kept;
}

function weigh(rule: JoinRule): number {
  return rule.photos.size + rule.members.size + rule.forbidden.size;
}

function emptyRule(anchor: number, bornDay: number | null = null): JoinRule {
  return { anchor, photos: new Set(), members: new Set(), forbidden: new Set(), firstDay: Infinity, bornDay: bornDay ?? -Infinity };
}

function areDisjoint(first: ReadonlySet<number>, second: ReadonlySet<number>): boolean {
  const [small, large] = first.size <= second.size ? [first, second] : [second, first];
  for (const value of small) if (large.has(value)) return false;
  return true;
}

/** By face. A rejection from the very person that holds the face is older than what holds it there. */
function groupRejections(input: ClusteringInput, anchors: Int32Array): Map<number, number[]> {
  const byFace = new Map<number, number[]>();
  for (const [face, person] of input.rejections) {
    if (anchors[face] === person) continue;
    const people = byFace.get(face) ?? [];
    if (!people.includes(person)) people.push(person);
    byFace.set(face, people);
  }
  return byFace;
}
