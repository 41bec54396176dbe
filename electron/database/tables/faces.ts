/** Faces as lists and thumbnails need them. */

import type { FaceSummary } from '../../api/schemas.ts';
import type { Result, ValidParams } from '../../api/contract.ts';
import { AppError } from '../../base/errors.ts';
import type { ClusterId, FaceId, PersonId, PhotoId } from '../../base/ids.ts';
import type { Box } from '../../geometry/types.ts';
import type { FacePlace } from '../library-database.ts';
import type { Connection } from '../file/connection.ts';
import { readFloats } from '../file/float-blobs.ts';
import type { PeopleStore } from './people.ts';

/** A face's row id; never leaves this folder. */
export type FaceKey = number;

export interface FaceSummaryRow {
  readonly id: FaceId;
  readonly photoId: PhotoId;
  readonly boxX: number | null;
  readonly boxY: number | null;
  readonly boxWidth: number | null;
  readonly boxHeight: number | null;
  readonly score: number | null;
  readonly quality: number | null;
  readonly personId: PersonId | null;
  readonly personName: string | null;
  readonly isConfirmed: number | null;
  readonly isIgnored: number;
  readonly pictureNumber: number;
}

type BoxRow = Pick<FaceSummaryRow, 'boxX' | 'boxY' | 'boxWidth' | 'boxHeight'>;

interface PlaceRow extends BoxRow {
  readonly photoKey: number;
  readonly photoId: PhotoId;
  readonly photoWidth: number;
  readonly photoHeight: number;
  readonly pictureNumber: number;
}

/** Expects the aliases f (faces), ph (photos), m (memberships) and pe (people). */
export const faceSummaryColumns = `f.uuid AS id, ph.uuid AS photoId, f.box_x AS boxX, f.box_y AS boxY,
  f.box_width AS boxWidth, f.box_height AS boxHeight, f.score AS score, f.quality AS quality, pe.uuid AS personId,
  pe.name AS personName, m.is_confirmed AS isConfirmed, f.is_ignored AS isIgnored,
  ph.picture_number AS pictureNumber`;

export type FaceStore = ReturnType<typeof createFaceStore>;

export function createFaceStore({ db }: Connection, people: PeopleStore) {
  const findKey = db.prepare<[string], FaceKey>('SELECT id FROM faces WHERE uuid = ?').pluck();
  const selectIgnored = db.prepare<[FaceKey], number>('SELECT is_ignored FROM faces WHERE id = ?').pluck();
  const countShown = db
    .prepare<[], number>('SELECT (SELECT count(*) FROM faces) - (SELECT count(*) FROM faces WHERE is_ignored = 1)')
    .pluck();

  // A page's keys come out of the index alone; only they are looked up.
  // In order of capture time, then of photos, then as they were found in the photo (from left to right).
  const listOfPerson = db.prepare<[number, number, number], FaceSummaryRow>(
    `SELECT ${faceSummaryColumns}
     FROM (SELECT face_id FROM memberships WHERE person_id = ? AND is_ignored = 0
         ORDER BY timeline, photo_id, face_id LIMIT ? OFFSET ?) page
       CROSS JOIN memberships m ON m.face_id = page.face_id CROSS JOIN faces f ON f.id = page.face_id
       CROSS JOIN photos ph ON ph.id = f.photo_id CROSS JOIN people pe ON pe.id = m.person_id
     ORDER BY m.timeline, m.photo_id, m.face_id`,
  );
  const listAll = db.prepare<[number, number], FaceSummaryRow>(
    `SELECT ${faceSummaryColumns}
     FROM (SELECT seen.id FROM photos INDEXED BY photos_by_timeline
         CROSS JOIN faces seen INDEXED BY faces_by_photo ON seen.photo_id = photos.id AND seen.is_ignored = 0
         ORDER BY photos.timeline, photos.id, seen.id LIMIT ? OFFSET ?) page
       CROSS JOIN faces f ON f.id = page.id CROSS JOIN photos ph ON ph.id = f.photo_id
       LEFT JOIN memberships m ON m.face_id = f.id LEFT JOIN people pe ON pe.id = m.person_id
     ORDER BY ph.timeline, ph.id, f.id`,
  );
  const selectSummary = db.prepare<[FaceKey], FaceSummaryRow>(
    `SELECT ${faceSummaryColumns}
     FROM faces f CROSS JOIN photos ph ON ph.id = f.photo_id
       LEFT JOIN memberships m ON m.face_id = f.id LEFT JOIN people pe ON pe.id = m.person_id
     WHERE f.id = ?`,
  );
  const selectPlace = db.prepare<[FaceKey], PlaceRow>(
    `SELECT ph.id AS photoKey, ph.uuid AS photoId, ph.width AS photoWidth, ph.height AS photoHeight,
       ph.picture_number AS pictureNumber, f.box_x AS boxX, f.box_y AS boxY, f.box_width AS boxWidth, f.box_height AS boxHeight
     FROM faces f JOIN photos ph ON ph.id = f.photo_id WHERE f.id = ?`,
  );
  const selectBoxes = db.prepare<[number], BoxRow>(
    `SELECT box_x AS boxX, box_y AS boxY, box_width AS boxWidth, box_height AS boxHeight
     FROM faces WHERE photo_id = ? AND box_x IS NOT NULL ORDER BY faces.id`,
  );
  const selectLandmarks = db.prepare<[FaceKey], Buffer | null>('SELECT landmarks FROM faces WHERE id = ?').pluck();
  const findCluster = db
    .prepare<[string], ClusterId>(
      `SELECT c.uuid FROM faces f JOIN cluster_members cm ON cm.face_id = f.id JOIN clusters c ON c.id = cm.cluster_id
       WHERE f.uuid = ?`,
    )
    .pluck();

  /** @throws AppError "not-found" */
  function resolve(faceId: FaceId): FaceKey {
    const key = findKey.get(faceId);
    if (key !== undefined) return key;
    throw new AppError('not-found', `Expected a face of this library but received ${faceId}`, {
      parameters: { faceId },
    });
  }

  return {
    resolve,

    isIgnored(key: FaceKey): boolean {
      return selectIgnored.get(key) === 1;
    },

    countShown(): number {
      return countShown.get() ?? 0;
    },

    list({ personId, offset, limit }: ValidParams<'faces.list'>): Result<'faces.list'> {
      if (personId === null) {
        return { total: countShown.get() ?? 0, faces: listAll.all(limit, offset).map(convertFaceSummary) };
      }
      const key = people.resolve(personId);
      return {
        total: people.readFlags(key).faceCount,
        faces: listOfPerson.all(key, limit, offset).map(convertFaceSummary),
      };
    },

    /** In the order asked for. @throws AppError "not-found" */
    listByIds(faceIds: readonly FaceId[]): FaceSummary[] {
      return faceIds.map((faceId) => {
        const row = selectSummary.get(resolve(faceId));
        if (row === undefined) throw new AppError('internal', `Expected a row for the face ${faceId} but received none`);
        return convertFaceSummary(row);
      });
    },

    locate(faceId: FaceId): FacePlace {
      const row = selectPlace.get(resolve(faceId));
      if (row === undefined) throw new AppError('internal', `Expected a row for the face ${faceId} but received none`);
      const { photoId, pictureNumber } = row;
      const boxes = selectBoxes.all(row.photoKey).map((each) => convertBox(each)!);
      return { photoId, photoSize: { width: row.photoWidth, height: row.photoHeight }, box: convertBox(row), boxes, pictureNumber };
    },

    /** [68, 2] or [5, 2], upright photo pixels; null where no detector placed any. @throws AppError "not-found" */
    readLandmarks(faceId: FaceId): Float32Array | null {
      const landmarks = selectLandmarks.get(resolve(faceId)) ?? null;
      return landmarks === null ? null : readFloats(landmarks);
    },

    readClusters(faceIds: readonly FaceId[]): (ClusterId | null)[] {
      return faceIds.map((faceId) => findCluster.get(faceId) ?? null);
    },
  };
}

export function convertFaceSummary(row: FaceSummaryRow): FaceSummary {
  return {
    id: row.id,
    photoId: row.photoId,
    box: convertBox(row),
    score: row.score,
    quality: row.quality,
    personId: row.personId,
    personName: row.personName,
    isConfirmed: row.isConfirmed === 1,
    isIgnored: row.isIgnored === 1,
    pictureNumber: row.pictureNumber,
  };
}

export function convertBox(row: BoxRow): Box | null {
  const { boxX, boxY, boxWidth, boxHeight } = row;
  if (boxX === null || boxY === null || boxWidth === null || boxHeight === null) return null;
  return { x: boxX, y: boxY, width: boxWidth, height: boxHeight };
}
