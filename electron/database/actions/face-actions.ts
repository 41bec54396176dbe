/** What the user does to faces: move, confirm, reject, ignore; each is one journal entry and leaves decisions. */

import type { JournalEntry, PersonSummary } from '../../api/schemas.ts';
import type { ValidParams } from '../../api/contract.ts';
import { AppError } from '../../base/errors.ts';
import type { FaceId } from '../../base/ids.ts';
import type { Connection } from '../file/connection.ts';
import type { FaceDepartures } from './face-departures.ts';
import type { FaceKey, FaceStore } from '../tables/faces.ts';
import type { JournalStore, Recorder } from './journal.ts';
import type { LaterWords } from './later-words.ts';
import type { Membership, MembershipStore } from '../tables/memberships.ts';
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
    readonly journal: JournalStore;
    readonly laterWords: LaterWords;
    readonly departures: FaceDepartures;
  },
) {
  const { people, faces, memberships, journal, laterWords, departures } = stores;

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
    laterWords.revokeWhere(recorder, faceKey, (kind, personKey) => kind !== 'rejected' || personKey === targetKey);
    if (isMoved && before !== null) recorder.decide('rejected', faceKey, before.personKey);
    recorder.decide(isMoved ? 'moved' : 'confirmed', faceKey, targetKey);
    recorder.moveFace(faceKey, { personKey: targetKey, isConfirmed: true, source: 'user', assignedAt: now() });
  }

  /** "Not this person": the face stands alone. */
  function rejectFace(recorder: Recorder, { key, membership }: PlacedFace): void {
    const { personKey } = membership;
    departures.takeOut(recorder, { faceKeys: [key], personKey, isHeld: false, keepsConfirmed: false });
  }

  /** What a sentence about these faces needs: their person too, where they have one in common. */
  function describeFaces(faceKeys: readonly FaceKey[]): JournalEntry['parameters'] {
    const keys = new Set(faceKeys.map((key) => memberships.read(key)?.personKey ?? null));
    const [key = null] = keys;
    if (keys.size !== 1 || key === null) return { faces: faceKeys.length };
    return { faces: faceKeys.length, person: people.readId(key), name: people.readFlags(key).name };
  }

  return {
    move({ faceIds, personId }: ValidParams<'faces.move'>): PersonSummary {
      const faceKeys = resolveAll(faceIds);
      const knownKey = personId === null ? null : people.resolve(personId);
      let targetKey = knownKey;
      journal.record('move-faces', (recorder) => {
        const key = knownKey ?? recorder.createPerson({ isHeld: true });
        targetKey = key;
        const toMove = faceKeys.filter((faceKey) => !isSettledIn(faceKey, key));
        if (toMove.length > 0) {
          recorder.touchPerson(key);
          people.hold(key);
        }
        for (const faceKey of toMove) moveFace(recorder, faceKey, key);
        const { name } = people.readFlags(key);
        return { person: people.readId(key), name, faces: toMove.length, isNew: knownKey === null };
      });
      if (targetKey === null) throw new AppError('internal', 'Expected a person that faces were moved to');
      return people.summarize(targetKey);
    },

    confirm({ faceIds }: ValidParams<'faces.confirm'>): void {
      const toConfirm = resolvePlaced(faceIds).filter(({ membership }) => !membership.isConfirmed);
      journal.record('confirm-faces', (recorder) => {
        const parameters = describeFaces(toConfirm.map(({ key }) => key));
        for (const { key, membership } of toConfirm) {
          const { personKey } = membership;
          laterWords.revokeWhere(recorder, key, (kind, decided) => kind === 'rejected' && decided === personKey);
          recorder.decide('confirmed', key, personKey);
          recorder.moveFace(key, { ...membership, isConfirmed: true, source: 'user', assignedAt: now() });
        }
        return parameters;
      });
    },

    reject({ faceIds }: ValidParams<'faces.reject'>): void {
      const toReject = resolvePlaced(faceIds);
      journal.record('reject-faces', (recorder) => {
        const parameters = describeFaces(toReject.map(({ key }) => key));
        for (const face of toReject) rejectFace(recorder, face);
        return parameters;
      });
    },

    ignore({ faceIds }: ValidParams<'faces.ignore'>): void {
      const toIgnore = resolveAll(faceIds).filter((key) => !faces.isIgnored(key));
      journal.record('ignore-faces', (recorder) => {
        const parameters = describeFaces(toIgnore);
        for (const key of toIgnore) {
          recorder.decide('ignored', key, memberships.read(key)?.personKey ?? null);
          recorder.setIgnored(key, true);
        }
        return parameters;
      });
    },

    restore({ faceIds }: ValidParams<'faces.restore'>): void {
      const toRestore = resolveAll(faceIds).filter((key) => faces.isIgnored(key));
      journal.record('restore-faces', (recorder) => {
        const parameters = describeFaces(toRestore);
        for (const key of toRestore) {
          laterWords.revokeWhere(recorder, key, (kind) => kind === 'ignored');
          recorder.setIgnored(key, false);
        }
        return parameters;
      });
    },
  };

  function isSettledIn(faceKey: FaceKey, personKey: PersonKey): boolean {
    const membership = memberships.read(faceKey);
    return membership !== null && membership.isConfirmed && membership.personKey === personKey && !faces.isIgnored(faceKey);
  }
}
