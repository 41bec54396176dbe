/** What the user does to faces: move, confirm, reject, ignore; each is one journal entry and leaves decisions. */

import type { JournalEntry, PersonSummary } from '../../api/schemas.ts';
import type { ValidParams } from '../../api/contract.ts';
import { AppError } from '../../base/errors.ts';
import type { FaceId } from '../../base/ids.ts';
import type { Connection } from '../file/connection.ts';
import type { ConfirmFaces } from './confirm-faces.ts';
import type { FaceRemoval } from './removed-faces.ts';
import type { FaceKey, FaceStore } from '../tables/faces.ts';
import type { Journal, Recorded } from './journal.ts';
import type { Recorder } from './recorder.ts';
import type { SupersededDecisions } from './superseded-decisions.ts';
import type { Membership, MembershipStore } from '../tables/memberships.ts';
import { normalizeName } from './person-names.ts';
import type { PeopleStore, PersonKey } from '../tables/people.ts';

interface PlacedFace {
  readonly key: FaceKey;
  readonly membership: Membership;
}

export function createFaceActions(
  { now }: Connection,
  stores: {
    readonly people: PeopleStore;
    readonly faces: FaceStore;
    readonly memberships: MembershipStore;
    readonly journal: Journal;
    readonly superseded: SupersededDecisions;
    readonly removal: FaceRemoval;
    readonly confirmFaces: ConfirmFaces;
  },
) {
  const { people, faces, memberships, journal, superseded, removal, confirmFaces } = stores;

  /** @throws AppError "not-found" */
  function resolveAll(faceIds: readonly FaceId[]): FaceKey[] {
    return [...new Set(faceIds.map((faceId) => faces.resolve(faceId)))];
  }

  /** @throws AppError "conflict" for a face that is with nobody or out of sight: there is nothing to say of it */
  function resolvePlaced(faceIds: readonly FaceId[]): PlacedFace[] {
    return [...new Set(faceIds)].map((faceId) => {
      const key = faces.resolve(faceId);
      const membership = memberships.read(key);
      if (membership !== null && !faces.isIgnored(key)) return { key, membership };
      throw new AppError('conflict', `Expected a face that is with a person but received ${faceId}`, {
        parameters: { faceId },
      });
    });
  }

  function moveFace(recorder: Recorder, faceKey: FaceKey, targetKey: PersonKey): void {
    const before = memberships.read(faceKey);
    if (faces.isIgnored(faceKey)) recorder.setIgnored(faceKey, false);
    const isMoved = before?.personKey !== targetKey;
    if (!isMoved && before.isConfirmed) return;
    superseded.revokeWhere(recorder, faceKey, (kind, personKey) => kind !== 'rejected' || personKey === targetKey);
    if (isMoved && before !== null) recorder.decide('rejected', faceKey, before.personKey);
    recorder.decide(isMoved ? 'moved' : 'confirmed', faceKey, targetKey);
    recorder.moveFace(faceKey, { personKey: targetKey, isConfirmed: true, source: 'user', assignedAt: now() });
  }

  /** "Not this person": the face stands alone. */
  function rejectFace(recorder: Recorder, { key, membership }: PlacedFace): void {
    const { personKey } = membership;
    removal.removeFaces(recorder, { faceKeys: [key], personKey, isHeld: false, keepsConfirmed: false });
  }

  /** What a sentence about these faces needs: their person too, where they have one in common. */
  function describeFaces(faceKeys: readonly FaceKey[]): JournalEntry['parameters'] {
    const keys = new Set(faceKeys.map((key) => memberships.read(key)?.personKey ?? null));
    const [key = null] = keys;
    if (keys.size !== 1 || key === null) return { faces: faceKeys.length };
    return { faces: faceKeys.length, person: people.readId(key), name: people.readFlags(key).name };
  }

  return {
    /** @throws AppError "bad-argument" for the name of a person who is not new */
    move({ faceIds, personId, name }: ValidParams<'faces.move'>): Recorded<{ person: PersonSummary }> {
      const faceKeys = resolveAll(faceIds);
      const knownKey = personId === null ? null : people.resolve(personId);
      if (knownKey !== null && name !== null) {
        throw new AppError('bad-argument', 'Expected a name for a new person but received one for a person who is known', {
          parameters: { field: 'name' },
        });
      }
      let targetKey = knownKey;
      return journal.record(
        'move-faces',
        (recorder) => {
          const key = knownKey ?? recorder.createPerson({ isHeld: true });
          targetKey = key;
          if (name !== null) people.setName(key, normalizeName(name));
          const toMove = faceKeys.filter((faceKey) => !isSettledIn(faceKey, key));
          for (const faceKey of faceKeys) recorder.relyOnFace(faceKey, 'place', 'confirmation', 'visibility');
          if (toMove.length > 0) {
            recorder.hold(key);
          }
          for (const faceKey of toMove) moveFace(recorder, faceKey, key);
          const isNew = knownKey === null;
          return { person: people.readId(key), name: people.readFlags(key).name, faces: toMove.length, isNew };
        },
        () => {
          if (targetKey === null) throw new AppError('internal', 'Expected a person that faces were moved to');
          return { person: people.summarize(targetKey) };
        },
      );
    },

    confirm({ faceIds }: ValidParams<'faces.confirm'>): Recorded<object> {
      const placed = resolvePlaced(faceIds);
      return journal.record(
        'confirm-faces',
        (recorder) => {
          const toConfirm = placed.filter(({ membership }) => !membership.isConfirmed).map(({ key }) => key);
          const parameters = describeFaces(toConfirm);
          confirmFaces(recorder, placed.map(({ key }) => key));
          return parameters;
        },
        () => ({}),
      );
    },

    reject({ faceIds }: ValidParams<'faces.reject'>): Recorded<object> {
      const toReject = resolvePlaced(faceIds);
      return journal.record(
        'reject-faces',
        (recorder) => {
          const parameters = describeFaces(toReject.map(({ key }) => key));
          for (const face of toReject) rejectFace(recorder, face);
          return parameters;
        },
        () => ({}),
      );
    },

    ignore({ faceIds }: ValidParams<'faces.ignore'>): Recorded<object> {
      const faceKeys = resolveAll(faceIds);
      const toIgnore = faceKeys.filter((key) => !faces.isIgnored(key));
      return journal.record(
        'ignore-faces',
        (recorder) => {
          const parameters = describeFaces(toIgnore);
          for (const key of faceKeys) recorder.relyOnFace(key, 'visibility');
          for (const key of toIgnore) {
            recorder.decide('ignored', key, memberships.read(key)?.personKey ?? null);
            recorder.setIgnored(key, true);
          }
          return parameters;
        },
        () => ({}),
      );
    },

    restore({ faceIds }: ValidParams<'faces.restore'>): Recorded<object> {
      const faceKeys = resolveAll(faceIds);
      const toRestore = faceKeys.filter((key) => faces.isIgnored(key));
      return journal.record(
        'restore-faces',
        (recorder) => {
          const parameters = describeFaces(toRestore);
          for (const key of faceKeys) recorder.relyOnFace(key, 'visibility');
          for (const key of toRestore) {
            superseded.revokeWhere(recorder, key, (kind) => kind === 'ignored');
            recorder.setIgnored(key, false);
          }
          return parameters;
        },
        () => ({}),
      );
    },
  };

  function isSettledIn(faceKey: FaceKey, personKey: PersonKey): boolean {
    const membership = memberships.read(faceKey);
    return membership !== null && membership.isConfirmed && membership.personKey === personKey && !faces.isIgnored(faceKey);
  }
}
