/** Decisions that a later one replaces: what the user says now counts, and what contradicts it is revoked. */

import type { DecisionKind, DecisionStore } from '../tables/decisions.ts';
import type { FaceKey } from '../tables/faces.ts';
import type { Recorder } from './recorder.ts';
import type { MembershipStore } from '../tables/memberships.ts';
import type { PeopleStore, PersonKey } from '../tables/people.ts';

export type SupersededDecisions = ReturnType<typeof createSupersededDecisions>;

export function createSupersededDecisions(stores: {
  readonly people: PeopleStore;
  readonly memberships: MembershipStore;
  readonly decisions: DecisionStore;
}) {
  const { people, memberships, decisions } = stores;

  /** Takes back what the user once said of the face, where `isContradicted` by what is being said now. */
  function revokeWhere(
    recorder: Recorder,
    faceKey: FaceKey,
    isContradicted: (kind: DecisionKind, personKey: PersonKey | null) => boolean,
  ): void {
    for (const decision of decisions.listActive(faceKey)) {
      const person = decision.personKey === null ? null : people.follow(decision.personKey);
      if (isContradicted(decision.kind, person)) recorder.revoke(decision.key);
    }
  }

  return {
    revokeWhere,

    /** Rules a face out of a person, unless it is already. @returns whether it was not */
    reject(recorder: Recorder, faceKey: FaceKey, personKey: PersonKey): boolean {
      const known = decisions
        .listActive(faceKey)
        .filter(({ kind, personKey: from }) => kind === 'rejected' && from !== null && people.follow(from) === personKey);
      for (const { key } of known) recorder.relyOnDecision(key);
      if (known.length === 0) recorder.decide('rejected', faceKey, personKey);
      return known.length === 0;
    },

    /** The user has brought together what was kept apart or left open before. */
    revokeWithin(recorder: Recorder, personKey: PersonKey): void {
      for (const aliasKey of people.listAliases(personKey)) {
        const apart = decisions.listFacesRejectedFrom(aliasKey);
        const open = decisions.listLeftOpenOf(aliasKey).map(({ faceKey }) => faceKey);
        for (const faceKey of new Set([...apart, ...open])) {
          if (memberships.read(faceKey)?.personKey !== personKey) continue;
          revokeWhere(
            recorder,
            faceKey,
            (kind, decided) => (kind === 'rejected' || kind === 'left-open') && decided === personKey,
          );
        }
      }
    },

    /** The user has said whether two people are one, whatever was left open between them. */
    revokeLeftOpen(recorder: Recorder, oneKey: PersonKey, otherKey: PersonKey): void {
      for (const [personKey, facesOf] of [[oneKey, otherKey], [otherKey, oneKey]] as const) {
        for (const aliasKey of people.listAliases(personKey)) {
          for (const { key, faceKey } of decisions.listLeftOpenOf(aliasKey)) {
            if (memberships.read(faceKey)?.personKey === facesOf) recorder.revoke(key);
          }
        }
      }
    },

    /** Whether the user has already said of the two that they could not say. */
    isLeftOpen(oneKey: PersonKey, otherKey: PersonKey): boolean {
      return [[oneKey, otherKey] as const, [otherKey, oneKey] as const].some(([personKey, facesOf]) =>
        people
          .listAliases(personKey)
          .flatMap((aliasKey) => decisions.listLeftOpenOf(aliasKey))
          .some(({ faceKey }) => memberships.read(faceKey)?.personKey === facesOf),
      );
    },
  };
}
