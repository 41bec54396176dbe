/** Through a recorder an action changes rows, so that the journal learns what they were before. */

import type { JournalEntryId } from '../../base/ids.ts';
import type { DecisionKey, DecisionKind, DecisionStore } from '../tables/decisions.ts';
import type { FaceKey } from '../tables/faces.ts';
import type { Membership, MembershipStore } from '../tables/memberships.ts';
import type { PeopleStore, PersonKey } from '../tables/people.ts';
import type { MembershipImage, PersonFlagsImage, PersonImage } from './journal-changes.ts';
import type { RowImages } from './row-images.ts';
import { fields, touch, type Touches } from './touched-fields.ts';

export interface RecordedStores {
  readonly people: PeopleStore;
  readonly memberships: MembershipStore;
  readonly decisions: DecisionStore;
  readonly images: RowImages;
}

/** Rows as they were before the action first touched them; null for those that were not there. */
export interface TouchedRows {
  readonly people: ReadonlyMap<PersonKey, PersonImage | null>;
  readonly flags: ReadonlyMap<PersonKey, PersonFlagsImage>;
  readonly memberships: ReadonlyMap<FaceKey, MembershipImage | null>;
  readonly ignored: ReadonlyMap<FaceKey, boolean>;
  readonly decisions: ReadonlyMap<DecisionKey, ReturnType<RowImages['readDecision']>>;
}

export type Recorder = ReturnType<typeof createRecorder>;

export function createRecorder({ people, memberships, decisions, images }: RecordedStores, journalId: JournalEntryId) {
  const touched = {
    people: new Map<PersonKey, PersonImage | null>(),
    flags: new Map<PersonKey, PersonFlagsImage>(),
    memberships: new Map<FaceKey, MembershipImage | null>(),
    ignored: new Map<FaceKey, boolean>(),
    decisions: new Map<DecisionKey, ReturnType<RowImages['readDecision']>>(),
  };

  const relied: Touches = new Map();

  /** Call before a person's row is changed by other means than this recorder. */
  function touchPerson(key: PersonKey): void {
    if (touched.people.has(key)) return;
    const image = images.readPerson(key);
    const flags = touched.flags.get(key);
    touched.people.set(key, image === null ? null : { ...image, ...flags });
    touched.flags.delete(key);
  }

  function relyOn(id: string | null, touchedFields: number): void {
    touch(relied, id, { touched: touchedFields });
  }

  /** From now on no clustering takes a face out of the person, as long as the entry is done. */
  function hold(key: PersonKey): void {
    touchPerson(key);
    people.hold(key);
    relyOn(people.readId(key), fields.held);
  }

  return {
    touched: touched as TouchedRows,
    touchPerson,
    hold,

    /** What the action found as it wants it: whoever takes that back takes the action back, too. */
    relyOnFace(key: FaceKey, ...names: ('place' | 'confirmation' | 'visibility')[]): void {
      for (const name of names) relyOn(images.readFaceId(key), fields[name]);
    },

    /** The same of a person who is ignored, or is not, already. */
    relyOnIgnored(key: PersonKey): void {
      relyOn(people.readId(key), fields.ignored);
    },

    /** The same of what was said before. */
    relyOnDecision(key: DecisionKey): void {
      relyOn(images.readDecision(key)?.id ?? null, fields.decision);
    },

    listRelied: (): Touches => relied,

    /** For thousands of people at a time, in whom nothing else changes. */
    changeFlags(key: PersonKey, flags: PersonFlagsImage): void {
      const isKnown = touched.people.has(key) || touched.flags.has(key);
      if (!isKnown) touched.flags.set(key, images.readFlags(key).image);
      images.writeFlags(key, flags);
      if (flags.isIgnored) relyOn(people.readId(key), fields.held);
    },

    /** @returns the new person's key */
    createPerson(options: { readonly isHeld: boolean }): PersonKey {
      const key = people.create(options);
      touched.people.set(key, null);
      if (options.isHeld) relyOn(people.readId(key), fields.held);
      return key;
    },

    moveFace(faceKey: FaceKey, membership: Membership): void {
      const before = memberships.read(faceKey);
      if (!touched.memberships.has(faceKey)) touched.memberships.set(faceKey, images.readMembership(faceKey));
      // Either may gain or lose its cover.
      if (before !== null) touchPerson(before.personKey);
      touchPerson(membership.personKey);
      memberships.write(faceKey, membership);
    },

    setIgnored(faceKey: FaceKey, isIgnored: boolean): void {
      if (!touched.ignored.has(faceKey)) touched.ignored.set(faceKey, images.readIgnored(faceKey));
      const membership = memberships.read(faceKey);
      if (membership !== null) touchPerson(membership.personKey);
      images.writeIgnored(faceKey, isIgnored);
    },

    decide(kind: DecisionKind, faceKey: FaceKey, personKey: PersonKey | null): void {
      touched.decisions.set(decisions.add({ kind, faceKey, personKey, journalId }), null);
    },

    revoke(key: DecisionKey): void {
      if (!touched.decisions.has(key)) touched.decisions.set(key, images.readDecision(key));
      decisions.revoke(key);
    },
  };
}
