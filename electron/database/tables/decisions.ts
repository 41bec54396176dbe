/** What the user has said of faces: tied to content and box, so that it survives a new detection. */

import { createId, type FaceId } from '../../base/ids.ts';
import type { Box } from '../../geometry/types.ts';
import type { Connection } from '../file/connection.ts';
import type { FaceKey } from './faces.ts';
import type { PersonKey } from './people.ts';

/** "left-open": whether the face's person is the one named, the user was asked and could not say. */
export type DecisionKind = 'confirmed' | 'rejected' | 'moved' | 'ignored' | 'left-open';

/** A decision's row id; never leaves this folder. */
export type DecisionKey = number;

export interface ActiveDecision {
  readonly key: DecisionKey;
  readonly kind: DecisionKind;
  readonly personKey: PersonKey | null;
}

/** A decision whose face's row is gone. */
export interface UnboundDecision extends ActiveDecision {
  readonly faceId: FaceId;
  readonly box: Box | null;
}

export type DecisionStore = ReturnType<typeof createDecisionStore>;

export function createDecisionStore({ db, now }: Connection) {
  const insertDecision = db.prepare<[string, DecisionKind, PersonKey | null, string, string, FaceKey]>(
    `INSERT INTO decisions (uuid, kind, face_id, face_uuid, person_id, content_hash, box_x, box_y, box_width,
       box_height, journal_uuid, made_at)
     SELECT ?, ?, f.id, f.uuid, ?, ph.content_hash, f.box_x, f.box_y, f.box_width, f.box_height, ?, ?
     FROM faces f JOIN photos ph ON ph.id = f.photo_id WHERE f.id = ?`,
  );
  const revokeDecision = db.prepare<[string, DecisionKey]>('UPDATE decisions SET revoked_at = ? WHERE id = ?');
  const selectActive = db.prepare<[FaceKey], ActiveDecision>(
    `SELECT id AS key, kind, person_id AS personKey FROM decisions
     WHERE face_id = ? AND revoked_at IS NULL ORDER BY id`,
  );
  const selectRejections = db.prepare<[], { faceKey: FaceKey; personKey: PersonKey }>(
    `SELECT face_id AS faceKey, person_id AS personKey FROM decisions INDEXED BY decisions_rejected
     WHERE kind = 'rejected' AND revoked_at IS NULL AND face_id IS NOT NULL AND person_id IS NOT NULL`,
  );
  const selectLeftOpen = db.prepare<[], { faceKey: FaceKey; personKey: PersonKey }>(
    `SELECT face_id AS faceKey, person_id AS personKey FROM decisions INDEXED BY decisions_left_open
     WHERE kind = 'left-open' AND revoked_at IS NULL AND face_id IS NOT NULL`,
  );
  const selectLeftOpenOf = db.prepare<[PersonKey], { key: DecisionKey; faceKey: FaceKey }>(
    `SELECT id AS key, face_id AS faceKey FROM decisions INDEXED BY decisions_left_open
     WHERE kind = 'left-open' AND revoked_at IS NULL AND face_id IS NOT NULL AND person_id = ?`,
  );
  const selectRejectedFaces = db
    .prepare<[PersonKey], FaceKey>(
      `SELECT DISTINCT face_id FROM decisions
       WHERE person_id = ? AND kind = 'rejected' AND revoked_at IS NULL AND face_id IS NOT NULL`,
    )
    .pluck();
  const selectUnbound = db.prepare<
    [Uint8Array],
    ActiveDecision & { faceId: FaceId; x: number | null; y: number | null; width: number | null; height: number | null }
  >(
    `SELECT id AS key, kind, person_id AS personKey, face_uuid AS faceId, box_x AS x, box_y AS y, box_width AS width, box_height AS height
     FROM decisions WHERE content_hash = ? AND face_id IS NULL AND revoked_at IS NULL ORDER BY id`,
  );
  const bindDecision = db.prepare<[FaceKey, DecisionKey]>('UPDATE decisions SET face_id = ? WHERE id = ?');
  const existsForFace = db
    .prepare<[FaceKey], number>('SELECT EXISTS (SELECT 1 FROM decisions WHERE face_id = ?)')
    .pluck();

  return {
    add(decision: {
      readonly kind: DecisionKind;
      readonly faceKey: FaceKey;
      readonly personKey: PersonKey | null;
      readonly journalId: string;
    }): DecisionKey {
      const { kind, faceKey, personKey, journalId } = decision;
      return Number(insertDecision.run(createId(), kind, personKey, journalId, now(), faceKey).lastInsertRowid);
    },

    revoke(key: DecisionKey): void {
      revokeDecision.run(now(), key);
    },

    listActive(faceKey: FaceKey): ActiveDecision[] {
      return selectActive.all(faceKey);
    },

    /** Every pair of a face and a person that the user has ruled out; merged people are not followed here. */
    listRejections(): { faceKey: FaceKey; personKey: PersonKey }[] {
      return selectRejections.all();
    },

    /** Every pair of a face and a person of which the user could not say whether they are one. */
    listLeftOpen(): { faceKey: FaceKey; personKey: PersonKey }[] {
      return selectLeftOpen.all();
    },

    /** The same of one person; people merged into it are not followed here. */
    listLeftOpenOf(personKey: PersonKey): { key: DecisionKey; faceKey: FaceKey }[] {
      return selectLeftOpenOf.all(personKey);
    },

    listFacesRejectedFrom(personKey: PersonKey): FaceKey[] {
      return selectRejectedFaces.all(personKey);
    },

    hasDecisions(faceKey: FaceKey): boolean {
      return existsForFace.get(faceKey) === 1;
    },

    /** Decisions of a photo's content whose faces are gone, oldest first. */
    listUnbound(contentHash: Uint8Array): UnboundDecision[] {
      return selectUnbound.all(contentHash).map(({ key, kind, personKey, faceId, x, y, width, height }) => ({
        key,
        faceId,
        kind,
        personKey,
        box: x === null || y === null || width === null || height === null ? null : { x, y, width, height },
      }));
    },

    bind(key: DecisionKey, faceKey: FaceKey): void {
      bindDecision.run(faceKey, key);
    },
  };
}
