/** What a library has promised its user, kept apart from the database, and what tells that a promise was broken. */

import type { FaceId, PersonId } from '../../../electron/base/ids.ts';
import { dumpLibrary, findBrokenRules } from '../../database/library-fixture.ts';
import type { LivingLibrary } from './living-library.ts';

export interface FaceState {
  readonly person: PersonId | null;
  readonly isConfirmed: boolean;
  readonly isIgnored: boolean;
}

export interface PersonState {
  readonly name: string | null;
  readonly isHeld: boolean;
  readonly mergedInto: PersonId | null;
  readonly faceCount: number;
}

/** A library at one moment. */
export interface Moment {
  readonly faces: ReadonlyMap<FaceId, FaceState>;
  readonly people: ReadonlyMap<PersonId, PersonState>;
  /** Faces whose photos were taken before the person whom they are with was born. */
  readonly tooEarly: ReadonlySet<FaceId>;
  /** All rows that the user's actions change, word for word. */
  readonly rows: string;
}

/** "Not this person": pairs that the user has ruled out and not taken back. */
export type Promises = ReadonlyMap<string, readonly [FaceId, PersonId]>;

export function readMoment(library: LivingLibrary): Moment {
  const { db } = library.connection;
  const faces = db
    .prepare<[], { id: FaceId; person: PersonId | null; isConfirmed: number | null; isIgnored: number; isTooEarly: number | null }>(
      `SELECT f.uuid AS id, p.uuid AS person, m.is_confirmed AS isConfirmed, f.is_ignored AS isIgnored,
         ph.capture_source = 'exif' AND substr(ph.capture_local, 1, length(p.born)) < p.born AS isTooEarly
       FROM faces f JOIN photos ph ON ph.id = f.photo_id LEFT JOIN memberships m ON m.face_id = f.id LEFT JOIN people p ON p.id = m.person_id ORDER BY f.id`,
    )
    .all();
  const people = db
    .prepare<[], { id: PersonId; name: string | null; isHeld: number; mergedInto: PersonId | null; faceCount: number }>(
      `SELECT p.uuid AS id, p.name AS name, p.is_held AS isHeld, target.uuid AS mergedInto, p.face_count AS faceCount
       FROM people p LEFT JOIN people target ON target.id = p.merged_into`,
    )
    .all();
  return {
    faces: new Map(
      faces.map(({ id, person, isConfirmed, isIgnored }) => [
        id,
        { person, isConfirmed: isConfirmed === 1, isIgnored: isIgnored === 1 },
      ]),
    ),
    tooEarly: new Set(faces.flatMap(({ id, isTooEarly }) => (isTooEarly === 1 ? [id] : []))),
    people: new Map(people.map(({ id, ...person }) => [id, { ...person, isHeld: person.isHeld === 1 }])),
    rows: JSON.stringify(dumpLibrary(library)),
  };
}

/** The person that a merged one's faces are in. */
export function follow({ people }: Moment, personId: PersonId): PersonId {
  let current = personId;
  for (let next = people.get(current)?.mergedInto ?? null; next !== null; next = people.get(current)?.mergedInto ?? null) {
    current = next;
  }
  return current;
}

export function addPairs(promises: Promises, pairs: Iterable<readonly [FaceId, PersonId]>): Promises {
  const added = new Map(promises);
  for (const pair of pairs) added.set(pair.join(' '), pair);
  return added;
}

/** @param isTakenBack told the person that the promise is about now */
export function removePairs(
  promises: Promises,
  moment: Moment,
  isTakenBack: (faceId: FaceId, personId: PersonId) => boolean,
): Promises {
  return new Map([...promises].filter(([, [faceId, personId]]) => !isTakenBack(faceId, follow(moment, personId))));
}

/** What must hold at every moment. @throws Error */
export function checkMoment(library: LivingLibrary, moment: Moment, promises: Promises): void {
  const broken = findBrokenRules(library);
  if (broken.length > 0) fail(`rules of the tables are broken: ${JSON.stringify(broken.slice(0, 3))}`);
  for (const [faceId, personId] of promises.values()) {
    if (moment.faces.get(faceId)?.person === follow(moment, personId)) {
      fail(`the face ${faceId} is with the person ${personId} that it was rejected from`);
    }
  }
  for (const [id, { name, isHeld, mergedInto }] of moment.people) {
    if (name !== null && mergedInto === null && !isHeld) fail(`the person ${id} has a name and is not held`);
  }
}

/** What a computation may not do, whatever it computes. @throws Error */
export function checkComputation(before: Moment, after: Moment): void {
  for (const [faceId, { person, isConfirmed, isIgnored }] of before.faces) {
    const now = after.faces.get(faceId);
    if (isIgnored && now?.isIgnored !== true) fail(`the face ${faceId} came back into sight by itself`);
    if (person === null || !(isConfirmed || before.people.get(person)!.isHeld)) continue;
    const what = isConfirmed ? 'confirmed face' : 'face of a held person';
    if (now?.person !== person) fail(`the ${what} ${faceId} went from ${person} to ${now?.person ?? 'nowhere'} by itself`);
    if (now.isConfirmed !== isConfirmed) fail(`the ${what} ${faceId} changed its confirmation by itself`);
  }
  for (const faceId of after.tooEarly) {
    const person = after.faces.get(faceId)?.person;
    if (before.faces.get(faceId)?.person !== person) fail(`the face ${faceId} went by itself to ${person}, who was not born yet`);
  }
  for (const [id, { name, isHeld }] of before.people) {
    const now = after.people.get(id);
    if ((name !== null || isHeld) && (now?.name !== name || now.isHeld !== isHeld)) fail(`the person ${id} changed by itself`);
  }
}

/** Where a clustering has to have put every face that it was given. @throws Error */
export function checkPlaces(library: LivingLibrary): void {
  for (const { faceId, person, isInCluster } of library.listPlaces()) {
    if (person === null) fail(`the face ${faceId} is with nobody after a clustering`);
    if (!isInCluster) fail(`the face ${faceId} is in no cluster after a clustering`);
  }
}

/** @param spokenOf faces that the action was about: no others change. @throws Error */
export function checkAction(before: Moment, after: Moment, spokenOf: ReadonlySet<FaceId>): void {
  for (const [faceId, state] of before.faces) {
    const now = after.faces.get(faceId);
    if (now === undefined) fail(`the face ${faceId} is gone after an action of the user's`);
    if (!spokenOf.has(faceId) && JSON.stringify(now) !== JSON.stringify(state)) {
      fail(`the face ${faceId} changed from ${JSON.stringify(state)} to ${JSON.stringify(now)} without being spoken of`);
    }
  }
}

/** Faces whose place, confirmation or visibility an action changed. */
export function listChanged(before: Moment, after: Moment): FaceId[] {
  return [...after.faces.keys()].filter(
    (faceId) => JSON.stringify(before.faces.get(faceId)) !== JSON.stringify(after.faces.get(faceId)),
  );
}

export function checkSameRows(expected: Moment, received: Moment, what: string): void {
  if (expected.rows === received.rows) return;
  const changed = listChanged(expected, received).slice(0, 3);
  fail(`${what} did not restore every row; faces: ${changed.join(', ') || 'none'}; ${findDifference(expected.rows, received.rows)}`);
}

function findDifference(expected: string, received: string): string {
  let at = 0;
  while (at < expected.length && expected[at] === received[at]) at++;
  return `expected ...${expected.slice(Math.max(0, at - 80), at + 120)}... but received ...${received.slice(Math.max(0, at - 80), at + 120)}...`;
}

export function fail(message: string): never {
  throw new Error(message);
}
