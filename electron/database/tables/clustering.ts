/** What a clustering reads of a library, and how what it found is stored without overruling the user. */

import { AppError } from '../../base/errors.ts';
import type { FaceId, PersonId } from '../../base/ids.ts';
import { readDay, unknownDay } from '../../terms/capture-day.ts';
import type { ClusterStore, FacePlaces } from './clusters.ts';
import type { Connection } from '../file/connection.ts';
import type { DecisionStore } from './decisions.ts';
import type { FaceKey, FaceStore } from './faces.ts';
import type { ClusteringOutcome } from '../library-database.ts';
import type { ClusteringFaces } from '../../terms/clustering-input.ts';
import type { MembershipStore } from './memberships.ts';
import type { PackStore } from './packs.ts';
import type { PeopleStore, PersonKey } from './people.ts';

/** One face without its embedding: key, id, number of the embedding, quality, photo, person, whether confirmed, capture
 *  time by EXIF. */
type InputRow = [FaceKey, FaceId, number, number | null, number, PersonKey | null, number | null, string | null];

interface DecidedPair {
  readonly faceKey: FaceKey;
  readonly personKey: PersonKey;
}

interface PersonRow {
  readonly id: PersonId;
  readonly isHeld: number;
  readonly name: string | null;
  readonly isIgnored: number;
  readonly born: string | null;
}

export function createClusteringStore(
  { db, now }: Connection,
  stores: {
    readonly people: PeopleStore;
    readonly faces: FaceStore;
    readonly memberships: MembershipStore;
    readonly decisions: DecisionStore;
    readonly packs: PackStore;
    readonly clusters: ClusterStore;
  },
) {
  const { people, faces, memberships, decisions, packs, clusters } = stores;
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
  const selectVectors = db
    .prepare<[number], [number, Buffer]>('SELECT id, vector FROM embeddings NOT INDEXED WHERE pack_id = ?')
    .raw();
  const selectVector = db
    .prepare<[number, number], [number, Buffer]>('SELECT id, vector FROM embeddings WHERE id = ? AND pack_id = ?')
    .raw();
  const countVectors = db.prepare<[], number>('SELECT count(*) FROM embeddings').pluck();
  const selectPerson = db.prepare<[PersonKey], PersonRow>(
    'SELECT uuid AS id, is_held AS isHeld, name, is_ignored AS isIgnored, born FROM people WHERE id = ?',
  );
  const findPerson = db.prepare<[string], PersonKey>('SELECT id FROM people WHERE uuid = ?').pluck();
  const isHeld = db.prepare<[PersonKey], number>('SELECT is_held FROM people WHERE id = ?').pluck();
  const selectBirth = db.prepare<[PersonKey], string | null>('SELECT born FROM people WHERE id = ?').pluck();
  // "1990" is 1990's and so is "1990-05-17": a time is compared with as much of it as is known of the birth.
  const isCapturedBefore = db
    .prepare<[string, string, FaceKey], number>(
      `SELECT ph.capture_source = 'exif' AND substr(ph.capture_local, 1, length(?)) < ?
       FROM faces f JOIN photos ph ON ph.id = f.photo_id WHERE f.id = ?`,
    )
    .pluck();

  /** Most of them are read in the table's own order, so that no page is read twice; a few one by one. */
  function* iterateVectors(packId: number, rows: Float64Array): Iterable<[number, Buffer]> {
    if (rows.length * 8 >= countVectors.get()!) return yield* selectVectors.iterate(packId);
    for (const row of rows) {
      const found = selectVector.get(row, packId);
      if (found !== undefined) yield found;
    }
  }

  function readEmbeddings(packId: number, rows: Float64Array): Float32Array {
    const embeddingLength = packs.readEmbeddingLength(packId);
    const places = new Map<number, number>();
    rows.forEach((row, at) => places.set(row, at));
    const embeddings = new Float32Array(rows.length * embeddingLength);
    const bytes = new Uint8Array(embeddings.buffer);
    const byteLength = embeddingLength * 4;
    let found = 0;
    for (const [row, vector] of iterateVectors(packId, rows)) {
      const at = places.get(row);
      if (at === undefined) continue;
      if (vector.byteLength !== byteLength) {
        throw new AppError('library-damaged', `Expected ${byteLength} bytes of an embedding but received ${vector.byteLength}`);
      }
      bytes.set(vector, at * byteLength);
      found++;
    }
    if (found !== rows.length) {
      throw new AppError('library-damaged', `Expected embeddings of ${rows.length} faces but received ${found}`);
    }
    return embeddings;
  }

  function readInput(packId: number): ClusteringFaces {
    const embeddingLength = packs.readEmbeddingLength(packId);
    const rows = selectInput.all(packId);
    const keys = rows.map((row) => row[0]);
    const peopleIndices = new Map<PersonKey, number>();
    const peopleRecords: ClusteringFaces['people'][number][] = [];

    function indexPerson(key: PersonKey): number {
      const known = peopleIndices.get(key);
      if (known !== undefined) return known;
      const row = selectPerson.get(key);
      if (row === undefined) throw new AppError('internal', `Expected a person's row but received key ${key}`);
      peopleIndices.set(key, peopleRecords.length);
      const bornDay = row.born === null ? null : readDay(row.born);
      peopleRecords.push({ id: row.id, isHeld: row.isHeld === 1, name: row.name, isIgnored: row.isIgnored === 1, bornDay });
      return peopleRecords.length - 1;
    }

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
      persons[index] = personKey === null ? -1 : indexPerson(personKey);
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
      rejections: listPairs(keys, decisions.listRejections(), indexPerson),
      leftOpen: listPairs(keys, decisions.listLeftOpen(), indexPerson),
      people: peopleRecords,
    };
  }

  function listPairs(
    keys: readonly FaceKey[],
    decided: readonly DecidedPair[],
    indexPerson: (key: PersonKey) => number,
  ): [number, number][] {
    const peopleOf = groupByFace(decided);
    const pairs: [number, number][] = [];
    keys.forEach((key, faceIndex) => {
      for (const personKey of peopleOf.get(key) ?? []) pairs.push([faceIndex, indexPerson(personKey)]);
    });
    return pairs;
  }

  /** People that were decided on for each face, forwards followed. */
  function groupByFace(decided: readonly DecidedPair[]): Map<FaceKey, Set<PersonKey>> {
    const forwards = people.readForwards();
    const peopleOf = new Map<FaceKey, Set<PersonKey>>();
    for (const { faceKey, personKey } of decided) {
      const targets = peopleOf.get(faceKey) ?? new Set();
      targets.add(forwards.get(personKey) ?? personKey);
      peopleOf.set(faceKey, targets);
    }
    return peopleOf;
  }

  function isFromBeforeBirth(faceKey: FaceKey, personKey: PersonKey): boolean {
    const born = selectBirth.get(personKey) ?? null;
    return born !== null && isCapturedBefore.get(born, born, faceKey) === 1;
  }

  /** @returns the person meant, or null where it is gone */
  function findTarget(personId: PersonId): PersonKey | null {
    const key = findPerson.get(personId);
    return key === undefined ? null : people.follow(key);
  }

  function assignFaces(assignments: ClusteringOutcome['assignments'], places: FacePlaces): { moved: number; left: number } {
    const rejected = groupByFace(decisions.listRejections());
    const newPeople = new Map<number, PersonKey>();
    const touched = new Set<PersonKey>();
    const assignedAt = now();
    let moved = 0;
    let left = 0;
    for (const { faceId, person } of assignments) {
      const faceKey = places.get(faceId)?.key ?? null;
      const knownTarget = typeof person === 'number' ? (newPeople.get(person) ?? null) : findTarget(person);
      const isTargetGone = typeof person !== 'number' && knownTarget === null;
      if (faceKey === null || isTargetGone || faces.isIgnored(faceKey)) {
        left++;
        continue;
      }
      const membership = memberships.read(faceKey);
      if (membership !== null && membership.personKey === knownTarget) continue;
      const isSettled = membership !== null && (membership.isConfirmed || isHeld.get(membership.personKey) === 1);
      const isRuledOut =
        knownTarget !== null && (rejected.get(faceKey)?.has(knownTarget) === true || isFromBeforeBirth(faceKey, knownTarget));
      if (isSettled || isRuledOut) {
        left++;
        continue;
      }
      const personKey = knownTarget ?? people.create({ isHeld: false });
      if (typeof person === 'number') newPeople.set(person, personKey);
      memberships.write(faceKey, { personKey, isConfirmed: false, source: 'clustering', assignedAt });
      touched.add(personKey);
      if (membership !== null) touched.add(membership.personKey);
      moved++;
    }
    people.refreshCovers(touched);
    people.removeForgotten(touched);
    return { moved, left };
  }

  return {
    readInput,
    readEmbeddings,

    save(outcome: ClusteringOutcome): { moved: number; left: number } {
      const places = clusters.readPlaces();
      clusters.save(outcome, places);
      return assignFaces(outcome.assignments, places);
    },
  };
}
