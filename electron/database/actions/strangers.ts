/** Sets aside everybody whom the user does not care to name: small unnamed people, or all others in a photo. */

import type { ValidParams } from '../../api/contract.ts';
import type { PhotoId } from '../../base/ids.ts';
import type { Connection } from '../file/connection.ts';
import type { FaceKey } from '../tables/faces.ts';
import type { Journal, Recorded } from './journal.ts';
import type { PeopleStore, PersonKey } from '../tables/people.ts';
import { listConditions } from '../tables/people-lists.ts';

export interface StrangerCounts {
  readonly people: number;
  readonly faces: number;
}

interface PhotoFace {
  readonly key: FaceKey;
  readonly personKey: PersonKey | null;
}

export function createStrangers(
  { db }: Connection,
  stores: { readonly people: PeopleStore; readonly journal: Journal },
  resolvePhoto: (photoId: PhotoId) => number,
) {
  const { people, journal } = stores;
  const strangers = `FROM people p INDEXED BY people_shown_by_size
     WHERE ${listConditions.shown} AND p.face_count BETWEEN 1 AND ? AND p.name IS NULL AND p.confirmed_count = 0`;
  const countStrangers = db.prepare<[number], { people: number; faces: number | null }>(
    `SELECT count(*) AS people, sum(p.face_count) AS faces ${strangers}`,
  );
  const listStrangers = db.prepare<[number], PersonKey>(`SELECT p.id ${strangers}`).pluck();
  const selectStrangersOfPhoto = db.prepare<[number], PhotoFace>(
    `SELECT f.id AS key, m.person_id AS personKey
     FROM faces f INDEXED BY faces_by_photo LEFT JOIN memberships m ON m.face_id = f.id
       LEFT JOIN people p ON p.id = m.person_id
     WHERE f.photo_id = ? AND f.is_ignored = 0 AND p.name IS NULL AND coalesce(p.is_ignored, 0) = 0 ORDER BY f.id`,
  );

  function count({ maxFaces }: ValidParams<'people.countStrangers'>): StrangerCounts {
    const row = countStrangers.get(maxFaces);
    return { people: row?.people ?? 0, faces: row?.faces ?? 0 };
  }

  const actions = {
    'people.ignoreStrangers'({ maxFaces }: ValidParams<'people.ignoreStrangers'>): Recorded<StrangerCounts> {
      const counts = count({ maxFaces });
      return journal.record(
        'ignore-strangers',
        (recorder) => {
          for (const key of listStrangers.all(maxFaces)) recorder.changeFlags(key, { isIgnored: true, isHeld: true });
          return { ...counts };
        },
        () => counts,
      );
    },

    /** @returns whoever was set aside whole, and all faces of the photo that were set aside, theirs among them */
    'photos.ignoreStrangers'({ photoId }: ValidParams<'photos.ignoreStrangers'>): Recorded<StrangerCounts> {
      const photoFaces = selectStrangersOfPhoto.all(resolvePhoto(photoId));
      const facesHere = new Map<PersonKey | null, number>();
      for (const { personKey } of photoFaces) facesHere.set(personKey, (facesHere.get(personKey) ?? 0) + 1);
      const whole = [...facesHere]
        .filter(([key, faceCount]) => key !== null && people.readFlags(key).faceCount === faceCount)
        .map(([key]) => key as PersonKey);
      const counts = { people: whole.length, faces: photoFaces.length };
      return journal.record(
        'ignore-strangers',
        (recorder) => {
          for (const key of whole) recorder.changeFlags(key, { isIgnored: true, isHeld: true });
          for (const { key, personKey } of photoFaces) {
            if (personKey !== null && whole.includes(personKey)) continue;
            recorder.decide('ignored', key, personKey);
            recorder.setIgnored(key, true);
          }
          return { ...counts, photo: photoId };
        },
        () => counts,
      );
    },
  };
  return { count, actions };
}
