/** Faces as records to be taken elsewhere, page by page. */

import type { FaceRecord } from '../../api/schemas.ts';
import type { Result, ValidParams } from '../../api/contract.ts';
import { AppError } from '../../base/errors.ts';
import type { ClusterId } from '../../base/ids.ts';
import type { Connection } from '../file/connection.ts';
import { readFloats } from '../file/float-blobs.ts';
import { convertFaceSummary, faceSummaryColumns, type FaceKey, type FaceSummaryRow } from './faces.ts';
import type { LocationStore } from './locations.ts';
import type { PeopleStore } from './people.ts';

interface ExportRow extends FaceSummaryRow {
  readonly key: FaceKey;
  readonly photoKey: number;
  readonly timeline: string;
  readonly landmarks: Buffer | null;
  readonly clusterId: ClusterId | null;
  readonly pack: string | null;
  readonly embedding: Buffer | null;
}

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

export function createFaceExports({ db }: Connection, { people, locations }: { readonly people: PeopleStore; readonly locations: LocationStore }) {
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
  };
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
