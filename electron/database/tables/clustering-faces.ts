/** What a clustering reads of a library: faces without their embeddings, people, and what the user has said. */

import { AppError } from '../../base/errors.ts';
import type { FaceId, PersonId } from '../../base/ids.ts';
import { readDay, unknownDay } from '../../terms/capture-day.ts';
import type { ClusteredPerson, ClusteringFaces } from '../../terms/clustering-input.ts';
import type { Connection } from '../file/connection.ts';
import { groupByFace, type DecidedPair } from './decided-pairs.ts';
import type { DecisionStore } from './decisions.ts';
import type { FaceKey } from './faces.ts';
import type { PackRows } from './packs.ts';
import type { PeopleStore, PersonKey } from './people.ts';

/** One face without its embedding: key, id, number of the embedding, quality, photo, person, whether confirmed, capture
 *  time by EXIF. */
type InputRow = [FaceKey, FaceId, number, number | null, number, PersonKey | null, number | null, string | null];

interface PersonRow {
  readonly id: PersonId;
  readonly isHeld: number;
  readonly name: string | null;
  readonly isIgnored: number;
  readonly born: string | null;
}

/** People as they are first spoken of, each once. */
interface PersonIndex {
  readonly records: ClusteredPerson[];
  indexOf(key: PersonKey): number;
}

export function createClusteringFaces(
  { db }: Connection,
  stores: { readonly people: PeopleStore; readonly decisions: DecisionStore; readonly packs: PackRows },
) {
  const { people: allPeople, decisions, packs } = stores;
  // By content and box: the same library gives the same order whatever the order of its imports.
  const selectInput = db
    .prepare<[number], InputRow>(
      `SELECT f.id, f.uuid, e.id, f.quality, f.photo_id, m.person_id, m.is_confirmed,
         CASE ph.capture_source WHEN 'exif' THEN ph.capture_local END
       FROM photos ph CROSS JOIN faces f INDEXED BY faces_by_photo ON f.photo_id = ph.id AND f.is_ignored = 0
         CROSS JOIN embeddings e ON e.face_id = f.id AND e.pack_id = ?
         LEFT JOIN memberships m ON m.face_id = f.id
       ORDER BY ph.content_hash, f.box_x, f.box_y, f.box_width, f.box_height, f.id`,
    )
    .raw();
  const selectPerson = db.prepare<[PersonKey], PersonRow>(
    'SELECT uuid AS id, is_held AS isHeld, name, is_ignored AS isIgnored, born FROM people WHERE id = ?',
  );

  function createPersonIndex(): PersonIndex {
    const indices = new Map<PersonKey, number>();
    const records: ClusteredPerson[] = [];
    return {
      records,
      indexOf(key) {
        const known = indices.get(key);
        if (known !== undefined) return known;
        const row = selectPerson.get(key);
        if (row === undefined) throw new AppError('internal', `Expected a person's row but received key ${key}`);
        indices.set(key, records.length);
        const bornDay = row.born === null ? null : readDay(row.born);
        records.push({ id: row.id, isHeld: row.isHeld === 1, name: row.name, isIgnored: row.isIgnored === 1, bornDay });
        return records.length - 1;
      },
    };
  }

  function listPairs(keys: readonly FaceKey[], decided: readonly DecidedPair[], people: PersonIndex): [number, number][] {
    const peopleOf = groupByFace(decided, allPeople.readForwards());
    const pairs: [number, number][] = [];
    keys.forEach((key, faceIndex) => {
      for (const personKey of peopleOf.get(key) ?? []) pairs.push([faceIndex, people.indexOf(personKey)]);
    });
    return pairs;
  }

  function read(packId: number): ClusteringFaces {
    const embeddingLength = packs.readEmbeddingLength(packId);
    const rows = selectInput.all(packId);
    const keys = rows.map((row) => row[0]);
    const people = createPersonIndex();
    const photoIndices = new Map<number, number>();
    const qualities = new Float32Array(rows.length);
    const photos = new Int32Array(rows.length);
    const persons = new Int32Array(rows.length);
    const confirmed = new Uint8Array(rows.length);
    const captureDays = new Int32Array(rows.length);
    const embeddingRows = new Float64Array(rows.length);
    rows.forEach(([, , embeddingRow, quality, photoKey, personKey, isConfirmed, captured], index) => {
      const photo = photoIndices.get(photoKey) ?? photoIndices.size;
      photoIndices.set(photoKey, photo);
      embeddingRows[index] = embeddingRow;
      qualities[index] = quality ?? 0;
      photos[index] = photo;
      persons[index] = personKey === null ? -1 : people.indexOf(personKey);
      confirmed[index] = isConfirmed ?? 0;
      captureDays[index] = captured === null ? unknownDay : (readDay(captured) ?? unknownDay);
    });
    return {
      faceIds: rows.map((row) => row[1]),
      embeddingLength,
      embeddingRows,
      qualities,
      photoIndices: photos,
      personIndices: persons,
      confirmed,
      captureDays,
      rejections: listPairs(keys, decisions.listRejections(), people),
      leftOpen: listPairs(keys, decisions.listLeftOpen(), people),
      people: people.records,
    };
  }

  return { read };
}
