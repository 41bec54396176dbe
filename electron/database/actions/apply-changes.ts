/** Puts the rows of a journal entry into the state before it or after it, whatever was computed in between. */

import type { Connection } from '../file/connection.ts';
import type { FaceKey } from '../tables/faces.ts';
import type { PersonKey } from '../tables/people.ts';
import type { JournalChanges } from './journal-changes.ts';
import type { RecordedStores } from './recorder.ts';

export type Side = 'before' | 'after';

export type ApplyChanges = ReturnType<typeof createApplyChanges>;

export function createApplyChanges({ now }: Connection, { people, memberships, decisions, images }: RecordedStores) {
  function createPeople(changes: JournalChanges, side: Side): void {
    for (const change of changes.people) {
      const image = change[side];
      if (image !== null) images.createPerson(change.id, image);
    }
  }

  function touchPersonOf(faceKey: FaceKey, touchedPeople: Set<PersonKey>): void {
    const membership = memberships.read(faceKey);
    if (membership !== null) touchedPeople.add(membership.personKey);
  }

  function restoreFaces(changes: JournalChanges, side: Side, touchedPeople: Set<PersonKey>): void {
    for (const change of changes.ignored) {
      for (const id of change.faces) {
        const faceKey = images.findFace(id);
        if (faceKey === null) continue;
        images.writeIgnored(faceKey, change[side]);
        touchPersonOf(faceKey, touchedPeople);
      }
    }
    for (const change of changes.memberships) {
      for (const id of change.faces) {
        const faceKey = images.findFace(id);
        if (faceKey === null) continue;
        // A clustering may have put the face elsewhere since: that person may lose its cover.
        touchPersonOf(faceKey, touchedPeople);
        images.writeMembership(faceKey, change[side]);
        touchPersonOf(faceKey, touchedPeople);
      }
    }
  }

  function restoreDecisions(changes: JournalChanges, side: Side, touchedPeople: Set<PersonKey>): void {
    for (const change of changes.decisions) {
      for (const [id, faceId] of change.rows) images.writeDecision(id, faceId, change[side]);
      const key = images.findPerson(change[side]?.person ?? null);
      if (key !== null) touchedPeople.add(people.follow(key));
    }
  }

  function restorePeople(changes: JournalChanges, side: Side, touchedPeople: Set<PersonKey>): void {
    for (const change of changes.people) {
      const image = change[side];
      if (image === null) continue;
      images.writePerson(change.id, image);
      const key = images.findPerson(change.id);
      if (key !== null) touchedPeople.add(key);
    }
    for (const change of changes.flags) {
      for (const id of change.people) {
        const key = images.findPerson(id);
        if (key !== null) images.writeFlags(key, change[side]);
      }
    }
    // Last, when nothing of this entry refers to them any more.
    for (const change of changes.people) {
      if (change[side] !== null) continue;
      const key = images.findPerson(change.id);
      images.removePerson(change.id);
      if (key !== null) touchedPeople.add(key);
    }
  }

  /** Faces that a clustering gave to a person whose merge is now done again go where the others went. */
  function forwardFaces(personKey: PersonKey, touchedPeople: Set<PersonKey>): void {
    const targetKey = people.follow(personKey);
    if (targetKey === personKey) return;
    for (const faceKey of memberships.listFaces(personKey)) {
      const membership = memberships.read(faceKey);
      if (membership !== null) memberships.write(faceKey, { ...membership, personKey: targetKey });
    }
    touchedPeople.add(targetKey);
  }

  /** Two people were apart, a clustering gave the one a face that was ruled out of the other, and now they are
   *  together again: the face was never the user's choice, so it goes to a person of its own. */
  function ejectRejected(personKey: PersonKey, touchedPeople: Set<PersonKey>): void {
    for (const aliasKey of people.listAliases(personKey)) {
      for (const faceKey of decisions.listFacesRejectedFrom(aliasKey)) {
        const membership = memberships.read(faceKey);
        if (membership?.personKey !== personKey || membership.isConfirmed) continue;
        const own = people.create({ isHeld: false });
        memberships.write(faceKey, { ...membership, personKey: own, assignedAt: now() });
        touchedPeople.add(own);
      }
    }
  }

  return function applyChanges(changes: JournalChanges, side: Side): void {
    const touchedPeople = new Set<PersonKey>();
    createPeople(changes, side);
    restoreFaces(changes, side, touchedPeople);
    restoreDecisions(changes, side, touchedPeople);
    restorePeople(changes, side, touchedPeople);
    for (const key of [...touchedPeople]) forwardFaces(key, touchedPeople);
    for (const key of [...touchedPeople]) ejectRejected(key, touchedPeople);
    people.refreshCovers(touchedPeople);
    people.removeForgotten(touchedPeople);
  };
}
