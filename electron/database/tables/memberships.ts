/** Which person a face is with: one row a face, so that it is in at most one place. */

import type { Connection } from '../file/connection.ts';
import type { FaceKey } from './faces.ts';
import type { PersonKey } from './people.ts';

export type MembershipSource = 'clustering' | 'user' | 'imported';

export interface Membership {
  readonly personKey: PersonKey;
  readonly isConfirmed: boolean;
  readonly source: MembershipSource;
  readonly assignedAt: string;
}

interface MembershipRow extends Omit<Membership, 'isConfirmed'> {
  readonly isConfirmed: number;
}

export type MembershipStore = ReturnType<typeof createMembershipStore>;

export function createMembershipStore({ db }: Connection) {
  const select = db.prepare<[FaceKey], MembershipRow>(
    `SELECT person_id AS personKey, is_confirmed AS isConfirmed, source, assigned_at AS assignedAt
     FROM memberships WHERE face_id = ?`,
  );
  const update = db.prepare<[PersonKey, number, MembershipSource, string, FaceKey]>(
    'UPDATE memberships SET person_id = ?, is_confirmed = ?, source = ?, assigned_at = ? WHERE face_id = ?',
  );
  const insert = db.prepare<[PersonKey, number, MembershipSource, string, FaceKey]>(
    `INSERT INTO memberships (face_id, person_id, is_confirmed, source, assigned_at, photo_id, timeline, is_ignored)
     SELECT f.id, ?, ?, ?, ?, ph.id, ph.timeline, f.is_ignored
     FROM faces f JOIN photos ph ON ph.id = f.photo_id WHERE f.id = ?`,
  );
  const remove = db.prepare<[FaceKey]>('DELETE FROM memberships WHERE face_id = ?');
  const selectFaces = db.prepare<[PersonKey], FaceKey>('SELECT face_id FROM memberships WHERE person_id = ?').pluck();
  const existsOf = db
    .prepare<[PersonKey], number>('SELECT EXISTS (SELECT 1 FROM memberships WHERE person_id = ?)')
    .pluck();

  return {
    read(faceKey: FaceKey): Membership | null {
      const row = select.get(faceKey);
      return row === undefined ? null : { ...row, isConfirmed: row.isConfirmed === 1 };
    },

    /** @param membership null takes the face out of every person */
    write(faceKey: FaceKey, membership: Membership | null): void {
      if (membership === null) {
        remove.run(faceKey);
        return;
      }
      const { personKey, isConfirmed, source, assignedAt } = membership;
      const { changes } = update.run(personKey, Number(isConfirmed), source, assignedAt, faceKey);
      if (changes === 0) insert.run(personKey, Number(isConfirmed), source, assignedAt, faceKey);
    },

    /** Ignored faces included. */
    listFaces(personKey: PersonKey): FaceKey[] {
      return selectFaces.all(personKey);
    },

    hasFaces(personKey: PersonKey): boolean {
      return existsOf.get(personKey) === 1;
    },
  };
}
