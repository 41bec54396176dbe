/** What the user does to people: name, merge, cover, ignore; each is one journal entry. */

import type { PersonSummary } from '../../api/schemas.ts';
import type { ValidParams } from '../../api/contract.ts';
import { AppError } from '../../base/errors.ts';
import type { Connection } from '../file/connection.ts';
import type { FaceStore } from '../tables/faces.ts';
import type { JournalStore, Recorder } from './journal.ts';
import type { LaterWords } from './later-words.ts';
import type { MembershipStore } from '../tables/memberships.ts';
import type { PeopleStore, PersonFlags, PersonKey } from '../tables/people.ts';

export function createPeopleActions(
  { db, now }: Connection,
  stores: {
    readonly people: PeopleStore;
    readonly faces: FaceStore;
    readonly memberships: MembershipStore;
    readonly journal: JournalStore;
    readonly laterWords: LaterWords;
  },
) {
  const { people, faces, memberships, journal, laterWords } = stores;
  const setIgnored = db.prepare<[number, PersonKey]>('UPDATE people SET is_ignored = ? WHERE id = ?');
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
    people.hold(targetKey);
    if (target.name === null) people.setName(targetKey, chooseName(sources));
    if (target.born === null) setBorn.run(sources.find((source) => source.born !== null)?.born ?? null, targetKey);
    return moved;
  }

  function setPersonIgnored(personKey: PersonKey, isIgnored: boolean): void {
    const { name, faceCount } = people.readFlags(personKey);
    journal.record(isIgnored ? 'ignore-person' : 'restore-person', (recorder) => {
      recorder.touchPerson(personKey);
      setIgnored.run(Number(isIgnored), personKey);
      if (isIgnored) people.hold(personKey);
      return { person: people.readId(personKey), name, faces: faceCount };
    });
  }

  return {
    name({ personId, name }: ValidParams<'people.name'>): PersonSummary {
      const key = people.resolve(personId);
      const before = people.readFlags(key);
      const newName = name === null ? null : name.normalize('NFC').trim();
      if (newName === '') throw new AppError('bad-argument', 'Expected a name with letters but received an empty one');
      if (newName !== before.name) {
        journal.record('name-person', (recorder) => {
          recorder.touchPerson(key);
          people.setName(key, newName);
          people.hold(key);
          return { person: people.readId(key), name: newName, previousName: before.name, faces: before.faceCount };
        });
      }
      return people.summarize(key);
    },

    /** @throws AppError "bad-argument" where all are one person already */
    merge({ target, sources }: ValidParams<'people.merge'>): PersonSummary {
      const targetKey = people.resolve(target);
      const sourceKeys = [...new Set(sources.map((source) => people.resolve(source)))].filter(
        (key) => key !== targetKey,
      );
      if (sourceKeys.length === 0) {
        throw new AppError('bad-argument', 'Expected another person to merge but received the target alone');
      }
      journal.record('merge-people', (recorder) => {
        const moved = mergeInto(recorder, targetKey, sourceKeys);
        laterWords.revokeWithin(recorder, targetKey);
        const { name } = people.readFlags(targetKey);
        return { person: people.readId(targetKey), name, sources: sourceKeys.length, faces: moved };
      });
      return people.summarize(targetKey);
    },

    /** @throws AppError "conflict" where the face is not one that the person shows */
    chooseCover({ personId, faceId }: ValidParams<'people.chooseCover'>): PersonSummary {
      const key = people.resolve(personId);
      const faceKey = faces.resolve(faceId);
      if (memberships.read(faceKey)?.personKey !== key || faces.isIgnored(faceKey)) {
        throw new AppError('conflict', `Expected a face of the person ${personId} but received ${faceId}`, {
          parameters: { personId, faceId },
        });
      }
      journal.record('choose-cover', (recorder) => {
        recorder.touchPerson(key);
        people.setCover(key, faceKey, true);
        return { person: people.readId(key), name: people.readFlags(key).name, face: faceId };
      });
      return people.summarize(key);
    },

    ignore({ personId }: ValidParams<'people.ignore'>): void {
      const key = people.resolve(personId);
      if (people.readFlags(key).isIgnored === 0) setPersonIgnored(key, true);
    },

    restore({ personId }: ValidParams<'people.restore'>): void {
      const key = people.resolve(personId);
      if (people.readFlags(key).isIgnored === 1) setPersonIgnored(key, false);
    },
  };
}

/** A merged person without a name takes the sources' where they agree; of two names neither is more right. */
function chooseName(sources: readonly PersonFlags[]): string | null {
  const names = new Set(sources.map((source) => source.name).filter((name) => name !== null));
  const [name = null] = names;
  return names.size === 1 ? name : null;
}
