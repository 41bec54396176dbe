/** What the user does to a person that is more than one, or less than it should be: split it, compare it anew. */

import type { PersonSummary } from '../../api/schemas.ts';
import type { ValidParams } from '../../api/contract.ts';
import { AppError } from '../../base/errors.ts';
import type { FaceId, PersonId } from '../../base/ids.ts';
import type { Connection } from '../file/connection.ts';
import type { DecisionStore } from '../tables/decisions.ts';
import type { FaceRemoval } from './removed-faces.ts';
import type { FaceKey, FaceStore } from '../tables/faces.ts';
import type { Journal, Recorded } from './journal.ts';
import type { SupersededDecisions } from './superseded-decisions.ts';
import type { Membership, MembershipStore } from '../tables/memberships.ts';
import type { PeopleStore, PersonKey } from '../tables/people.ts';

export function createSplits(
  { now }: Connection,
  stores: {
    readonly people: PeopleStore;
    readonly faces: FaceStore;
    readonly memberships: MembershipStore;
    readonly decisions: DecisionStore;
    readonly journal: Journal;
    readonly superseded: SupersededDecisions;
    readonly removal: FaceRemoval;
  },
) {
  const { people, faces, memberships, decisions, journal, superseded, removal } = stores;

  /** @throws AppError "conflict" where a face is not one that the person shows, "bad-argument" for one that is named
   *  twice */
  function resolveGroups(groups: readonly (readonly FaceId[])[], personId: PersonId, personKey: PersonKey): FaceKey[][] {
    const seen = new Set<FaceKey>();
    return groups.map((group) =>
      group.map((faceId) => {
        const faceKey = faces.resolve(faceId);
        if (memberships.read(faceKey)?.personKey !== personKey || faces.isIgnored(faceKey)) {
          throw new AppError('conflict', `Expected a face of the person ${personId} but received ${faceId}`, {
            parameters: { personId, faceId },
          });
        }
        if (seen.size === seen.add(faceKey).size) {
          throw new AppError('bad-argument', `Expected each face once but received ${faceId} again`, { parameters: { faceId } });
        }
        return faceKey;
      }),
    );
  }

  /** @throws AppError "bad-argument" where nobody would be left: that is the person itself, by another id */
  function checkSomebodyStays(personKey: PersonKey, goingOut: number, comingIn: number): void {
    const { faceCount } = people.readFlags(personKey);
    if (goingOut === 0 || goingOut < faceCount + comingIn) return;
    throw new AppError('bad-argument', `Expected a face that stays but all ${faceCount} are to go out`);
  }

  /** @throws AppError "conflict" for a face that the user has settled elsewhere, or ruled out of the person */
  function checkMayJoin(faceId: FaceId, faceKey: FaceKey, membership: Membership | null, personKey: PersonKey): void {
    const isSettled = membership !== null && (membership.isConfirmed || people.readFlags(membership.personKey).isHeld === 1);
    const isRuledOut = decisions
      .listActive(faceKey)
      .some(({ kind, personKey: from }) => kind === 'rejected' && from !== null && people.follow(from) === personKey);
    if (!isSettled && !isRuledOut && !faces.isIgnored(faceKey)) return;
    throw new AppError('conflict', `Expected a face that nobody has settled but received ${faceId}`, { parameters: { faceId } });
  }

  return {
    /** @returns the new people, in the order of the groups */
    split({ personId, groups }: ValidParams<'people.split'>): Recorded<{ people: PersonSummary[] }> {
      const personKey = people.resolve(personId);
      const leaving = resolveGroups(groups, personId, personKey);
      checkSomebodyStays(personKey, leaving.flat().length, 0);
      const newKeys: PersonKey[] = [];
      return journal.record(
        'split-person',
        (recorder) => {
          for (const faceKeys of leaving) {
            newKeys.push(removal.removeFaces(recorder, { faceKeys, personKey, isHeld: true, keepsConfirmed: true }));
          }
          const { name } = people.readFlags(personKey);
          return { person: people.readId(personKey), name, groups: leaving.length, faces: leaving.flat().length };
        },
        () => ({ people: newKeys.map((key) => people.summarize(key)) }),
      );
    },

    /** What goes out is what was computed, so a clustering may go on with it; what comes in stays unconfirmed. */
    recluster({ personId, leaving, joining }: ValidParams<'people.recluster'>): Recorded<{ person: PersonSummary }> {
      const personKey = people.resolve(personId);
      const groups = resolveGroups(leaving, personId, personKey);
      const confirmed = groups.flat().find((faceKey) => memberships.read(faceKey)?.isConfirmed === true);
      if (confirmed !== undefined) {
        throw new AppError('conflict', `Expected no confirmed face of the person ${personId} to go out but received one`, {
          parameters: { personId },
        });
      }
      const newcomers = [...new Set(joining)].map((faceId) => {
        const faceKey = faces.resolve(faceId);
        checkMayJoin(faceId, faceKey, memberships.read(faceKey), personKey);
        return faceKey;
      });
      const toJoin = newcomers.filter((faceKey) => memberships.read(faceKey)?.personKey !== personKey);
      checkSomebodyStays(personKey, groups.flat().length, toJoin.length);
      const tell = (): { person: PersonSummary } => ({ person: people.summarize(personKey) });
      if (groups.length === 0 && toJoin.length === 0) return journal.leave(tell());
      return journal.record(
        'recluster-person',
        (recorder) => {
          recorder.hold(personKey);
          for (const faceKeys of groups) {
            removal.removeFaces(recorder, { faceKeys, personKey, isHeld: false, keepsConfirmed: false });
          }
          for (const faceKey of toJoin) {
            recorder.moveFace(faceKey, { personKey, isConfirmed: false, source: 'user', assignedAt: now() });
          }
          superseded.revokeWithin(recorder, personKey);
          const { name } = people.readFlags(personKey);
          return { person: people.readId(personKey), name, leaving: groups.flat().length, joining: toJoin.length };
        },
        tell,
      );
    },
  };
}
