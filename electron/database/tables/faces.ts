/** Faces as lists, exports and thumbnails need them. */

import type { FaceRecord, FaceSummary } from '../../api/schemas.ts';
import type { Result, ValidParams } from '../../api/contract.ts';
import { AppError } from '../../base/errors.ts';
import type { ClusterId, FaceId, PersonId, PhotoId } from '../../base/ids.ts';
import type { Box } from '../../geometry/types.ts';
import type { FacePlace } from '../library-database.ts';
import type { Connection } from '../file/connection.ts';
import { readFloats } from '../file/float-blobs.ts';
import type { LocationStore } from './locations.ts';
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

interface ExportRow extends FaceSummaryRow {
  readonly key: FaceKey;
  readonly photoKey: number;
  readonly timeline: string;
  readonly landmarks: Buffer | null;
  readonly clusterId: ClusterId | null;
  readonly pack: string | null;
  readonly embedding: Buffer | null;
}

/** Expects the aliases f (faces), ph (photos), m (memberships) and pe (people). */
export const faceSummaryColumns = `f.uuid AS id, ph.uuid AS photoId, f.box_x AS boxX, f.box_y AS boxY,
  f.box_width AS boxWidth, f.box_height AS boxHeight, f.score AS score, f.quality AS quality, pe.uuid AS personId,
  pe.name AS personName, m.is_confirmed AS isConfirmed, f.is_ignored AS isIgnored,
  ph.picture_number AS pictureNumber`;

const exportColumns = `f.id AS key, f.photo_id AS photoKey, ph.timeline AS timeline, ${faceSummaryColumns},
  f.landmarks AS landmarks, pk.name AS pack,
  (SELECT c.uuid FROM cluster_members cm JOIN clusters c ON c.id = cm.cluster_id WHERE cm.face_id = f.id) AS clusterId,
  CASE WHEN ? THEN (SELECT e.vector FROM embeddings e WHERE e.face_id = f.id AND e.pack_id = f.pack_id) END
    AS embedding`;

/** Where a page of an export ended: a face, or for one person its place in the person's order. */
interface ExportCursor {
  readonly face: FaceKey;
  readonly timeline: string;
  readonly photo: number;
}

export type FaceStore = ReturnType<typeof createFaceStore>;

export function createFaceStore({ db }: Connection, people: PeopleStore, locations: LocationStore) {
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
  const exportAll = db.prepare<[number, FaceKey, number], ExportRow>(
    `SELECT ${exportColumns}
     FROM faces f CROSS JOIN photos ph ON ph.id = f.photo_id LEFT JOIN packs pk ON pk.id = f.pack_id
       LEFT JOIN memberships m ON m.face_id = f.id LEFT JOIN people pe ON pe.id = m.person_id
     WHERE f.id > ? AND f.is_ignored = 0 ORDER BY f.id LIMIT ?`,
  );
  const exportPerson = db.prepare<[number, number, string, number, FaceKey, number], ExportRow>(
    `SELECT ${exportColumns}
     FROM memberships m CROSS JOIN faces f ON f.id = m.face_id CROSS JOIN photos ph ON ph.id = f.photo_id
       CROSS JOIN people pe ON pe.id = m.person_id LEFT JOIN packs pk ON pk.id = f.pack_id
     WHERE m.person_id = ? AND m.is_ignored = 0 AND (m.timeline, m.photo_id, m.face_id) > (?, ?, ?)
     ORDER BY m.timeline, m.photo_id, m.face_id LIMIT ?`,
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

  function convertExport(row: ExportRow): FaceRecord {
    const [photoPath = ''] = locations.listPaths(row.photoKey);
    const record: FaceRecord = {
      ...convertFaceSummary(row),
      photoPath,
      landmarks: row.landmarks === null ? null : pairUp(readFloats(row.landmarks)),
      clusterId: row.clusterId,
      pack: row.pack ?? '',
    };
    return row.embedding === null ? record : { ...record, embedding: [...readFloats(row.embedding)] };
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

    export(params: ValidParams<'faces.export'>): Result<'faces.export'> {
      const { personId, includeEmbeddings, limit } = params;
      const cursor = params.cursor === null ? { face: 0, timeline: '', photo: 0 } : parseCursor(params.cursor);
      const rows =
        personId === null
          ? exportAll.all(Number(includeEmbeddings), cursor.face, limit)
          : exportPerson.all(
              Number(includeEmbeddings),
              people.resolve(personId),
              cursor.timeline,
              cursor.photo,
              cursor.face,
              limit,
            );
      const last = rows.at(-1);
      return {
        faces: rows.map(convertExport),
        nextCursor:
          last === undefined || rows.length < limit
            ? null
            : formatCursor({ face: last.key, timeline: last.timeline, photo: last.photoKey }),
      };
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

function pairUp(values: Float32Array): [number, number][] {
  const points: [number, number][] = [];
  for (let index = 0; index + 1 < values.length; index += 2) {
    points.push([values[index] ?? 0, values[index + 1] ?? 0]);
  }
  return points;
}

function formatCursor(cursor: ExportCursor): string {
  return Buffer.from(JSON.stringify([cursor.face, cursor.timeline, cursor.photo])).toString('base64url');
}

/** @throws AppError "bad-argument" */
function parseCursor(text: string): ExportCursor {
  const [face, timeline, photo] = parseJsonList(Buffer.from(text, 'base64url').toString('utf8'));
  if (typeof face === 'number' && typeof timeline === 'string' && typeof photo === 'number') {
    return { face, timeline, photo };
  }
  throw new AppError('bad-argument', `Expected a cursor of an earlier page but received "${text}"`);
}

function parseJsonList(text: string): unknown[] {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : [];
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}
