/** When people were born: what the user tells of it, and which faces it rules out. */

import type { PersonSummary } from '../../api/schemas.ts';
import type { ValidParams } from '../../api/contract.ts';
import { AppError } from '../../base/errors.ts';
import type { FaceId } from '../../base/ids.ts';
import { readDay } from '../../terms/capture-day.ts';
import type { Connection } from '../file/connection.ts';
import type { FaceRemoval } from './removed-faces.ts';
import type { FaceKey } from '../tables/faces.ts';
import type { Journal, Recorded } from './journal.ts';
import type { PeopleStore, PersonKey } from '../tables/people.ts';

interface EarlyFace {
  readonly key: FaceKey;
  readonly id: FaceId;
  readonly isConfirmed: number;
  /** Of the last clustering; null where it saw no such face. */
  readonly cluster: number | null;
}

export function createBirthDates(
  { db }: Connection,
  stores: { readonly people: PeopleStore; readonly journal: Journal; readonly removal: FaceRemoval },
) {
  const { people, journal, removal } = stores;
  const setBorn = db.prepare<[string | null, PersonKey]>('UPDATE people SET born = ? WHERE id = ?');
  // A photo's place in the timeline is its capture time, where it has one. Faces out of sight would come back into it.
  const selectEarlyFaces = db.prepare<[PersonKey, string, string], EarlyFace>(
    `SELECT f.id AS key, f.uuid AS id, m.is_confirmed AS isConfirmed, cm.cluster_id AS cluster
     FROM memberships m CROSS JOIN photos ph ON ph.id = m.photo_id CROSS JOIN faces f ON f.id = m.face_id
       LEFT JOIN cluster_members cm ON cm.face_id = f.id
     WHERE m.person_id = ? AND m.is_ignored IN (0, 1) AND m.timeline < ?
       AND ph.capture_source = 'exif' AND ph.capture_local < ?
     ORDER BY m.timeline, m.photo_id, m.face_id`,
  );

  return {
    /** @throws AppError "bad-argument" for a day that no calendar has */
    set({ personId, born }: ValidParams<'people.setBorn'>): Recorded<{
      person: PersonSummary;
      facesOut: number;
      contradictions: FaceId[];
    }> {
      const key = people.resolve(personId);
      if (born !== null && readDay(born) === null) {
        throw new AppError('bad-argument', `Expected a date of birth but received ${born}`);
      }
      // "1990" and "1990-05" stand before all of their days in the order of texts, and so does a day before its hours.
      const early = born === null ? [] : selectEarlyFaces.all(key, born, born);
      const leaving = early.filter((face) => face.isConfirmed === 0);
      return journal.record(
        'set-born',
        (recorder) => {
          const { name, born: previousBorn } = people.readFlags(key);
          recorder.touchPerson(key);
          setBorn.run(born, key);
          if (born !== null) recorder.hold(key);
          for (const face of early) if (face.isConfirmed === 1) recorder.relyOnFace(face.key, 'confirmation');
          for (const faceKeys of groupByCluster(leaving)) {
            removal.removeFaces(recorder, { faceKeys, personKey: key, isHeld: false, keepsConfirmed: false });
          }
          return { person: people.readId(key), name, born, previousBorn, faces: leaving.length };
        },
        () => ({
          person: people.summarize(key),
          facesOut: leaving.length,
          contradictions: early.filter((face) => face.isConfirmed === 1).map((face) => face.id),
        }),
      );
    },
  };
}

/** Faces that were computed to be one person stay one; what no clustering has seen stands alone. */
function groupByCluster(faces: readonly EarlyFace[]): FaceKey[][] {
  const groups = new Map<number | string, FaceKey[]>();
  for (const { key, id, cluster } of faces) {
    const group = groups.get(cluster ?? id);
    if (group === undefined) groups.set(cluster ?? id, [key]);
    else group.push(key);
  }
  return [...groups.values()];
}
