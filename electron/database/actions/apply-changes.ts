/** Puts the rows of a journal entry into the state before it or after it, whatever was computed in between. */

import type { Connection } from '../file/connection.ts';
import type { FaceKey } from '../tables/faces.ts';
import type { PersonKey } from '../tables/people.ts';
import type { JournalChanges, MembershipImage, PersonImage } from './journal-changes.ts';
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
        images.writeMembership(faceKey, restoreMembership(change, side, images.readMembership(faceKey)));
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
      const key = images.findPerson(change.id);
      if (key === null) throw new Error(`Expected a row for the person ${change.id} but received none`);
      const left = change[otherSide(side)];
      const current = left === null ? null : images.readPerson(key);
      images.writePerson(change.id, left === null || current === null ? image : restorePerson(image, left, current));
      touchedPeople.add(key);
    }
    for (const change of changes.flags) {
      if (change.before.isIgnored === change.after.isIgnored) continue;
      for (const id of change.people) {
        const key = images.findPerson(id);
        if (key !== null) images.writeFlags(key, { ...images.readFlags(key).image, isIgnored: change[side].isIgnored });
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

function otherSide(side: Side): Side {
  return side === 'before' ? 'after' : 'before';
}

/** Each field that the entry changed; the others are as they are now, whoever changed them. A cover that the
 *  user has not chosen goes back where no other has been found since. Whether the person is held is nobody's alone: see [Note: fields of entries]. */
function restorePerson(image: PersonImage, left: PersonImage, current: PersonImage): PersonImage {
  const pick = <Name extends keyof PersonImage>(name: Name): PersonImage[Name] =>
    image[name] === left[name] ? current[name] : image[name];
  const isCoverLeft = current.cover === left.cover && current.isCoverChosen === left.isCoverChosen;
  const isCoverSaid = image.isCoverChosen || left.isCoverChosen;
  const isCoverChanged = image.cover !== left.cover || image.isCoverChosen !== left.isCoverChosen;
  const { cover, isCoverChosen } = isCoverChanged && (isCoverSaid || isCoverLeft) ? image : current;
  return {
    ...current,
    name: pick('name'),
    born: pick('born'),
    isIgnored: pick('isIgnored'),
    mergedInto: pick('mergedInto'),
    cover,
    isCoverChosen,
  };
}

/** Where a face is, and whether it is confirmed there, go back each for itself. What is done again takes the face to
 *  where it was, as a clustering may have moved it. */
function restoreMembership(
  { before, after }: JournalChanges['memberships'][number],
  side: Side,
  current: MembershipImage | null,
): MembershipImage | null {
  const [image, left] = side === 'before' ? [before, after] : [after, before];
  if (image === null || left === null || current === null) return image;
  const isConfirmed = image.isConfirmed === left.isConfirmed ? current.isConfirmed : image.isConfirmed;
  if (image.person !== left.person || side === 'after') return { ...image, isConfirmed };
  const isUntouched = current.source === left.source && current.assignedAt === left.assignedAt;
  return isUntouched ? { ...image, person: current.person, isConfirmed } : { ...current, isConfirmed };
}
