/** What the user does to people: name, merge, cover, ignore, confirm; each is one journal entry. */

import type { ValidParams } from '../../api/contract.ts';
import type { JournalEntry, PersonSummary } from '../../api/schemas.ts';
import { AppError } from '../../base/errors.ts';
import type { PersonId } from '../../base/ids.ts';
import type { Connection } from '../file/connection.ts';
import type { ConfirmFaces } from './confirm-faces.ts';
import type { FaceStore } from '../tables/faces.ts';
import type { Journal, Recorded } from './journal.ts';
import type { Recorder } from './recorder.ts';
import type { SupersededDecisions } from './superseded-decisions.ts';
import type { MembershipStore } from '../tables/memberships.ts';
import { normalizeName } from './person-names.ts';
import type { PeopleStore, PersonFlags, PersonKey } from '../tables/people.ts';

export function createPeopleActions(
  { db, now }: Connection,
  stores: {
    readonly people: PeopleStore;
    readonly faces: FaceStore;
    readonly memberships: MembershipStore;
    readonly journal: Journal;
    readonly superseded: SupersededDecisions;
    readonly confirmFaces: ConfirmFaces;
  },
) {
  const { people, faces, memberships, journal, superseded, confirmFaces } = stores;
  const setBorn = db.prepare<[string | null, PersonKey]>('UPDATE people SET born = ? WHERE id = ?');
  const forwardPerson = db.prepare<[PersonKey, PersonKey]>('UPDATE people SET merged_into = ? WHERE id = ?');

  /** @returns how many faces came to the target */
  function mergeInto(recorder: Recorder, targetKey: PersonKey, sourceKeys: readonly PersonKey[]): number {
    const target = people.readFlags(targetKey);
    const sources = sourceKeys.map((key) => people.readFlags(key));
    recorder.touchPerson(targetKey);
    let moved = 0;
    for (const sourceKey of sourceKeys) {
      recorder.touchPerson(sourceKey);
      for (const faceKey of memberships.listFaces(sourceKey)) {
        const membership = memberships.read(faceKey);
        if (membership === null) continue;
        recorder.moveFace(faceKey, { ...membership, personKey: targetKey, source: 'user', assignedAt: now() });
        moved++;
      }
      forwardPerson.run(targetKey, sourceKey);
    }
    recorder.hold(targetKey);
    if (target.name === null) people.setName(targetKey, chooseName(sources));
    if (target.born === null) setBorn.run(sources.find((source) => source.born !== null)?.born ?? null, targetKey);
    return moved;
  }

  /** @throws AppError "not-found". In the order asked for, each once */
  function resolveAll(personIds: readonly PersonId[]): PersonKey[] {
    return [...new Set(personIds.map((personId) => people.resolve(personId)))];
  }

  /** What a sentence about these people needs: who it is, where it is one alone. */
  function describePeople(keys: readonly PersonKey[], faceCount: number): JournalEntry['parameters'] {
    const [only] = keys;
    if (keys.length !== 1 || only === undefined) return { people: keys.length, faces: faceCount };
    return { person: people.readId(only), name: people.readFlags(only).name, people: 1, faces: faceCount };
  }

  function setIgnored(personIds: readonly PersonId[], isIgnored: boolean): Recorded<object> {
    const kind = isIgnored ? 'ignore-person' : 'restore-person';
    return journal.record(
      kind,
      (recorder) => {
        const all = resolveAll(personIds);
        const keys = all.filter((key) => people.readFlags(key).isIgnored !== Number(isIgnored));
        for (const key of all) recorder.relyOnIgnored(key);
        let faceCount = 0;
        for (const key of keys) {
          const flags = people.readFlags(key);
          faceCount += flags.faceCount;
          recorder.changeFlags(key, { isIgnored, isHeld: isIgnored || flags.isHeld === 1 });
        }
        return describePeople(keys, faceCount);
      },
      () => ({}),
    );
  }

  const tellPerson = (key: PersonKey) => (): { person: PersonSummary } => ({ person: people.summarize(key) });

  return {
    name({ personId, name }: ValidParams<'people.name'>): Recorded<{ person: PersonSummary }> {
      const key = people.resolve(personId);
      const before = people.readFlags(key);
      const newName = name === null ? null : normalizeName(name);
      if (newName === before.name) return journal.leave(tellPerson(key)());
      return journal.record(
        'name-person',
        (recorder) => {
          recorder.touchPerson(key);
          people.setName(key, newName);
          recorder.hold(key);
          return { person: people.readId(key), name: newName, previousName: before.name, faces: before.faceCount };
        },
        tellPerson(key),
      );
    },

    /** @throws AppError "bad-argument" where all are one person already */
    merge({ target, sources }: ValidParams<'people.merge'>): Recorded<{ person: PersonSummary }> {
      const targetKey = people.resolve(target);
      const sourceKeys = resolveAll(sources).filter((key) => key !== targetKey);
      if (sourceKeys.length === 0) {
        throw new AppError('bad-argument', 'Expected another person to merge but received the target alone');
      }
      return journal.record(
        'merge-people',
        (recorder) => {
          const moved = mergeInto(recorder, targetKey, sourceKeys);
          superseded.revokeWithin(recorder, targetKey);
          const { name } = people.readFlags(targetKey);
          return { person: people.readId(targetKey), name, sources: sourceKeys.length, faces: moved };
        },
        tellPerson(targetKey),
      );
    },

    /** @throws AppError "conflict" where the face is not one that the person shows */
    chooseCover({ personId, faceId }: ValidParams<'people.chooseCover'>): Recorded<{ person: PersonSummary }> {
      const key = people.resolve(personId);
      const faceKey = faces.resolve(faceId);
      if (memberships.read(faceKey)?.personKey !== key || faces.isIgnored(faceKey)) {
        throw new AppError('conflict', `Expected a face of the person ${personId} but received ${faceId}`, {
          parameters: { personId, faceId },
        });
      }
      return journal.record(
        'choose-cover',
        (recorder) => {
          recorder.touchPerson(key);
          people.setCover(key, faceKey, true);
          return { person: people.readId(key), name: people.readFlags(key).name, face: faceId };
        },
        tellPerson(key),
      );
    },

    ignore: ({ personIds }: ValidParams<'people.ignore'>) => setIgnored(personIds, true),

    restore: ({ personIds }: ValidParams<'people.restore'>) => setIgnored(personIds, false),

    /** Confirms every face that the people show. */
    confirm({ personIds }: ValidParams<'people.confirm'>): Recorded<object> {
      return journal.record(
        'confirm-faces',
        (recorder) => {
          const keys = resolveAll(personIds);
          const faceKeys = keys.flatMap((key) => memberships.listFaces(key)).filter((key) => !faces.isIgnored(key));
          return describePeople(keys, confirmFaces(recorder, faceKeys));
        },
        () => ({}),
      );
    },
  };
}

/** A merged person without a name takes the sources' where they agree; of two names neither is more right. */
function chooseName(sources: readonly PersonFlags[]): string | null {
  const names = new Set(sources.map((source) => source.name).filter((name) => name !== null));
  const [name = null] = names;
  return names.size === 1 ? name : null;
}
