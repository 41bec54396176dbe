/** Reads and writes the rows that the journal keeps images of. */

import type { Connection } from '../file/connection.ts';
import type { DecisionKey, DecisionKind } from '../tables/decisions.ts';
import type { FaceKey } from '../tables/faces.ts';
import type { DecisionImage, MembershipImage, PersonFlagsImage, PersonImage } from './journal-changes.ts';
import type { MembershipSource, MembershipStore } from '../tables/memberships.ts';
import type { PeopleStore, PersonKey } from '../tables/people.ts';

interface PersonRow {
  readonly name: string | null;
  readonly born: string | null;
  readonly cover: string | null;
  readonly isCoverChosen: number;
  readonly isIgnored: number;
  readonly isHeld: number;
  readonly mergedInto: string | null;
  readonly createdAt: string;
}

interface DecisionRow {
  readonly id: string;
  readonly faceId: string | null;
  readonly kind: DecisionKind;
  readonly person: string | null;
  readonly journalId: string | null;
  readonly madeAt: string;
  readonly revokedAt: string | null;
}

export type RowImages = ReturnType<typeof createRowImages>;

export function createRowImages({ db }: Connection, people: PeopleStore, memberships: MembershipStore) {
  const findPerson = db.prepare<[string], PersonKey>('SELECT id FROM people WHERE uuid = ?').pluck();
  const findFace = db.prepare<[string], FaceKey>('SELECT id FROM faces WHERE uuid = ?').pluck();
  const selectFaceId = db.prepare<[FaceKey], string>('SELECT uuid FROM faces WHERE id = ?').pluck();
  const isRowFree = db
    .prepare<[number], number>('SELECT NOT EXISTS (SELECT 1 FROM people WHERE id = ?)')
    .pluck();
  const selectPerson = db.prepare<[PersonKey], PersonRow>(
    `SELECT p.name AS name, p.born AS born, f.uuid AS cover, p.is_cover_chosen AS isCoverChosen,
       p.is_ignored AS isIgnored, p.is_held AS isHeld, target.uuid AS mergedInto, p.created_at AS createdAt
     FROM people p LEFT JOIN faces f ON f.id = p.cover_face_id LEFT JOIN people target ON target.id = p.merged_into
     WHERE p.id = ?`,
  );
  const insertPerson = db.prepare<[number | null, string, string]>(
    'INSERT INTO people (id, uuid, created_at, is_kept) VALUES (?, ?, ?, 1)',
  );
  const updatePerson = db.prepare(
    `UPDATE people SET born = ?, cover_face_id = ?, is_cover_chosen = ?, is_ignored = ?, is_held = ?, merged_into = ?
     WHERE id = ?`,
  );
  const selectFlags = db.prepare<[PersonKey], { id: string; isIgnored: number; isHeld: number }>(
    'SELECT uuid AS id, is_ignored AS isIgnored, is_held AS isHeld FROM people WHERE id = ?',
  );
  const updateFlags = db.prepare<[number, number, PersonKey]>(
    'UPDATE people SET is_ignored = ?, is_held = ?, is_kept = 1 WHERE id = ?',
  );
  const updateHeld = db.prepare<[number, string]>('UPDATE people SET is_held = ? WHERE uuid = ?');
  const keepPerson = db.prepare<[PersonKey]>('UPDATE people SET is_kept = 1 WHERE id = ? AND is_kept = 0');
  const deletePerson = db.prepare<[PersonKey]>(
    `DELETE FROM people WHERE id = ?
       AND NOT EXISTS (SELECT 1 FROM memberships WHERE person_id = people.id)
       AND NOT EXISTS (SELECT 1 FROM decisions WHERE person_id = people.id)
       AND NOT EXISTS (SELECT 1 FROM people other WHERE other.merged_into = people.id)`,
  );
  const selectIgnored = db.prepare<[FaceKey], number>('SELECT is_ignored FROM faces WHERE id = ?').pluck();
  const updateIgnored = db.prepare<[number, FaceKey]>('UPDATE faces SET is_ignored = ? WHERE id = ?');
  const selectDecision = db.prepare<[DecisionKey], DecisionRow>(
    `SELECT d.uuid AS id, f.uuid AS faceId, d.kind AS kind, p.uuid AS person, d.journal_uuid AS journalId,
       d.made_at AS madeAt, d.revoked_at AS revokedAt
     FROM decisions d LEFT JOIN faces f ON f.id = d.face_id LEFT JOIN people p ON p.id = d.person_id WHERE d.id = ?`,
  );
  const deleteDecision = db.prepare<[string]>('DELETE FROM decisions WHERE uuid = ?');
  const updateDecision = db.prepare<[string | null, string]>('UPDATE decisions SET revoked_at = ? WHERE uuid = ?');
  const insertDecision = db.prepare(
    `INSERT INTO decisions (uuid, kind, face_id, face_uuid, person_id, content_hash, box_x, box_y, box_width,
       box_height, journal_uuid, made_at, revoked_at)
     SELECT ?, ?, f.id, f.uuid, ?, ph.content_hash, f.box_x, f.box_y, f.box_width, f.box_height, ?, ?, ?
     FROM faces f JOIN photos ph ON ph.id = f.photo_id WHERE f.id = ?`,
  );

  function findPersonOrNull(id: string | null): PersonKey | null {
    return id === null ? null : (findPerson.get(id) ?? null);
  }

  return {
    findPerson: findPersonOrNull,
    findFace: (id: string): FaceKey | null => findFace.get(id) ?? null,
    readFaceId: (key: FaceKey): string | null => selectFaceId.get(key) ?? null,

    readPerson(key: PersonKey): PersonImage | null {
      const row = selectPerson.get(key);
      if (row === undefined) return null;
      return {
        ...row,
        row: key,
        isCoverChosen: row.isCoverChosen === 1,
        isIgnored: row.isIgnored === 1,
        isHeld: row.isHeld === 1,
      };
    },

    readFlags(key: PersonKey): { id: string; image: PersonFlagsImage } {
      const row = selectFlags.get(key);
      if (row === undefined) throw new Error(`Expected a person's row but received key ${key}`);
      return { id: row.id, image: { isIgnored: row.isIgnored === 1, isHeld: row.isHeld === 1 } };
    },

    /** From then on the person's row outlives its faces. */
    writeFlags(key: PersonKey, { isIgnored, isHeld }: PersonFlagsImage): void {
      updateFlags.run(Number(isIgnored), Number(isHeld), key);
    },

    /** Makes sure that a person's row is there, for other rows to refer to. */
    createPerson(id: string, image: PersonImage): void {
      if (findPerson.get(id) !== undefined) return;
      insertPerson.run(isRowFree.get(image.row) === 1 ? image.row : null, id, image.createdAt);
    },

    setHeld(id: string, isHeld: boolean): void {
      updateHeld.run(Number(isHeld), id);
    },

    /** Expects the rows that `image` refers to to be there. */
    writePerson(id: string, image: PersonImage): void {
      const key = findPersonOrNull(id);
      if (key === null) throw new Error(`Expected a row for the person ${id} but received none`);
      const cover = image.cover === null ? null : (findFace.get(image.cover) ?? null);
      const mergedInto = findPersonOrNull(image.mergedInto);
      const { born, isCoverChosen, isIgnored, isHeld } = image;
      updatePerson.run(born, cover, Number(isCoverChosen), Number(isIgnored), Number(isHeld), mergedInto, key);
      people.setName(key, image.name);
    },

    /** Removes a person that an undone action had made; a row that a clustering has since used stays, as nobody. */
    removePerson(id: string): void {
      const key = findPersonOrNull(id);
      if (key === null) return;
      people.setName(key, null);
      updatePerson.run(null, null, 0, 0, 0, null, key);
      deletePerson.run(key);
    },

    /** From now on the person's row outlives its faces. */
    keepPerson(key: PersonKey): void {
      keepPerson.run(key);
    },

    readMembership(faceKey: FaceKey): MembershipImage | null {
      const membership = memberships.read(faceKey);
      if (membership === null) return null;
      const { personKey, isConfirmed, source, assignedAt } = membership;
      return { person: people.readId(personKey), isConfirmed, source, assignedAt };
    },

    writeMembership(faceKey: FaceKey, image: MembershipImage | null): void {
      if (image === null) {
        memberships.write(faceKey, null);
        return;
      }
      const personKey = findPersonOrNull(image.person);
      if (personKey === null) throw new Error(`Expected a row for the person ${image.person} but received none`);
      const source: MembershipSource = image.source;
      memberships.write(faceKey, { personKey, isConfirmed: image.isConfirmed, source, assignedAt: image.assignedAt });
    },

    readIgnored(faceKey: FaceKey): boolean {
      return selectIgnored.get(faceKey) === 1;
    },

    writeIgnored(faceKey: FaceKey, isIgnored: boolean): void {
      updateIgnored.run(Number(isIgnored), faceKey);
    },

    readDecision(key: DecisionKey): { id: string; faceId: string | null; image: DecisionImage } | null {
      const row = selectDecision.get(key);
      if (row === undefined) return null;
      const { id, faceId, kind, person, journalId, madeAt, revokedAt } = row;
      return { id, faceId, image: { kind, person, journalId, madeAt, revokedAt } };
    },

    writeDecision(id: string, faceId: string, image: DecisionImage | null): void {
      if (image === null) {
        deleteDecision.run(id);
        return;
      }
      if (updateDecision.run(image.revokedAt, id).changes > 0) return;
      const faceKey = findFace.get(faceId);
      // A decision about a face that is gone has nothing left to be tied to.
      if (faceKey === undefined) return;
      const { kind, journalId, madeAt, revokedAt } = image;
      insertDecision.run(id, kind, findPersonOrNull(image.person), journalId, madeAt, revokedAt, faceKey);
    },
  };
}
