/** Where photos lie, and which files could not be read. */

import { join } from 'node:path';
import type { ImportFailure } from '../../api/schemas.ts';
import type { Result, ValidParams } from '../../api/contract.ts';
import type { ErrorCode } from '../../base/errors.ts';
import type { Connection } from '../file/connection.ts';
import type { AnalysisKey, FileLocation } from '../library-database.ts';

interface PlaceRow {
  readonly mountPath: string;
  readonly pathBytes: Buffer;
  readonly isMissing: number;
}

/** A path as programs open it: the bytes of the name, as far as they are text, and not their NFC form. */
export function formatPath(mountPath: string, pathBytes: Uint8Array): string {
  return join(mountPath, Buffer.from(pathBytes).toString('utf8'));
}

/** The same for names that are no text at all. */
export function joinPathBytes(mountPath: string, pathBytes: Uint8Array): Uint8Array {
  const mount = Buffer.from(mountPath.endsWith('/') ? mountPath : `${mountPath}/`);
  return Uint8Array.from(Buffer.concat([mount, pathBytes]));
}

/** [Note: scans] Scans are numbered, not dated: a clock may go back between two of them, or during one. Whatever is seen
 *  belongs to the scan that began last. */
const currentScan = "(SELECT value FROM counters WHERE name = 'scans')";

export type LocationStore = ReturnType<typeof createLocationStore>;

export function createLocationStore({ db, now }: Connection) {
  const upsertVolume = db
    .prepare<[string, string, string], number>(
      `INSERT INTO volumes (key, mount_path, last_seen_at) VALUES (?, ?, ?)
       ON CONFLICT (key) DO UPDATE SET mount_path = excluded.mount_path, last_seen_at = excluded.last_seen_at
       RETURNING id`,
    )
    .pluck();
  const nextScan = db.prepare<[], number>("UPDATE counters SET value = value + 1 WHERE name = 'scans' RETURNING value").pluck();
  const findVolume = db.prepare<[string], number>('SELECT id FROM volumes WHERE key = ?').pluck();

  const findPresent = db.prepare<[number, Uint8Array], { id: number; photoKey: number }>(
    `SELECT id, photo_id AS photoKey FROM locations WHERE volume_id = ? AND path_bytes = ? AND missing_since IS NULL`,
  );
  const findEarlier = db
    .prepare<[number, Uint8Array, number], number>(
      'SELECT id FROM locations WHERE volume_id = ? AND path_bytes = ? AND photo_id = ? ORDER BY id DESC LIMIT 1',
    )
    .pluck();
  const findUnchanged = db.prepare<[number, Uint8Array, number, bigint, number, number, number], { photoKey: number }>(
    `SELECT l.photo_id AS photoKey FROM locations l
     WHERE l.volume_id = ? AND l.path_bytes = ? AND l.byte_size = ? AND l.modified_ns = ?
       AND EXISTS (SELECT 1 FROM analyses a
         WHERE a.photo_id = l.photo_id AND a.pack_id = ? AND a.pipeline_version = ? AND a.effort >= ?)
     ORDER BY l.missing_since IS NOT NULL, l.id DESC LIMIT 1`,
  );
  const insertLocation = db.prepare(
    `INSERT INTO locations
       (photo_id, volume_id, path_bytes, path, byte_size, modified_ns, first_seen_at, last_seen_at, last_scan)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ${currentScan})`,
  );
  const markSeen = db.prepare(
    `UPDATE locations SET byte_size = ?, modified_ns = ?, last_seen_at = ?, last_scan = ${currentScan}, missing_since = NULL
     WHERE id = ?`,
  );
  const markMissing = db.prepare<[string, number]>('UPDATE locations SET missing_since = ? WHERE id = ?');
  const markMissingBelow = db.prepare<[string, number, string, string, number]>(
    `UPDATE locations INDEXED BY locations_by_path SET missing_since = ?
     WHERE volume_id = ? AND path >= ? AND path < ? AND missing_since IS NULL AND last_scan < ?`,
  );
  const selectPlaces = db.prepare<[number], PlaceRow>(
    `SELECT v.mount_path AS mountPath, l.path_bytes AS pathBytes, l.missing_since IS NOT NULL AS isMissing
     FROM locations l JOIN volumes v ON v.id = l.volume_id
     WHERE l.photo_id = ? ORDER BY isMissing, l.last_scan DESC, l.id`,
  );

  const upsertFailure = db.prepare(
    `INSERT INTO failures
       (volume_id, path_bytes, path, byte_size, modified_ns, reason, detail, first_seen_at, last_seen_at, last_scan)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ${currentScan})
     ON CONFLICT (volume_id, path_bytes) DO UPDATE SET path = excluded.path, byte_size = excluded.byte_size,
       modified_ns = excluded.modified_ns, reason = excluded.reason, detail = excluded.detail,
       last_seen_at = excluded.last_seen_at, last_scan = excluded.last_scan`,
  );
  const deleteFailure = db.prepare<[number, Uint8Array]>('DELETE FROM failures WHERE volume_id = ? AND path_bytes = ?');
  const deleteFailuresBelow = db.prepare<[number, string, string, number]>(
    'DELETE FROM failures WHERE volume_id = ? AND path >= ? AND path < ? AND last_scan < ?',
  );
  const countFailures = db.prepare<[], number>('SELECT count(*) FROM failures').pluck();
  const selectFailures = db.prepare<
    [number, number],
    { mountPath: string; pathBytes: Buffer; reason: ErrorCode; detail: string }
  >(
    `SELECT v.mount_path AS mountPath, f.path_bytes AS pathBytes, f.reason AS reason, f.detail AS detail
     FROM failures f INDEXED BY failures_by_path CROSS JOIN volumes v ON v.id = f.volume_id
     ORDER BY f.volume_id, f.path, f.id LIMIT ? OFFSET ?`,
  );

  function registerVolume(location: Pick<FileLocation, 'volumeKey' | 'mountPath'>): number {
    const id = upsertVolume.get(location.volumeKey, location.mountPath, now());
    if (id === undefined) throw new Error('Expected a row id for the volume but received none');
    return id;
  }

  /** Records that a photo lies at `location`, whatever lay there before. */
  function place(photoKey: number, location: FileLocation): void {
    const volumeKey = registerVolume(location);
    const seenAt = now();
    const { relativePathBytes, byteSize, modifiedNs } = location;
    deleteFailure.run(volumeKey, relativePathBytes);
    const present = findPresent.get(volumeKey, relativePathBytes);
    if (present !== undefined && present.photoKey !== photoKey) markMissing.run(seenAt, present.id);
    const known = findEarlier.get(volumeKey, relativePathBytes, photoKey);
    if (known !== undefined) {
      markSeen.run(byteSize, modifiedNs, seenAt, known);
      return;
    }
    const path = location.relativePath.normalize('NFC');
    insertLocation.run(photoKey, volumeKey, relativePathBytes, path, byteSize, modifiedNs, seenAt, seenAt);
  }

  function listPlaces(photoKey: number): PlaceRow[] {
    return selectPlaces.all(photoKey);
  }

  return {
    place,

    /** Absolute paths of a photo that are there, or, where none is, all it was last seen at; the best one first. */
    listPaths(photoKey: number): string[] {
      return preferPresent(listPlaces(photoKey)).map((row) => formatPath(row.mountPath, row.pathBytes));
    },

    listPathBytes(photoKey: number): Uint8Array[] {
      return listPlaces(photoKey).map((row) => joinPathBytes(row.mountPath, row.pathBytes));
    },

    findUnchanged(locations: readonly FileLocation[], analysis: AnalysisKey): boolean[] {
      return locations.map((location) => {
        const volumeKey = findVolume.get(location.volumeKey);
        if (volumeKey === undefined) return false;
        const found = findUnchanged.get(
          volumeKey,
          location.relativePathBytes,
          location.byteSize,
          location.modifiedNs,
          analysis.packId,
          analysis.pipelineVersion,
          analysis.effort,
        );
        if (found !== undefined) place(found.photoKey, location);
        return found !== undefined;
      });
    },

    saveFailure(location: FileLocation, reason: ErrorCode, detail: string): void {
      const seenAt = now();
      upsertFailure.run(
        registerVolume(location),
        location.relativePathBytes,
        location.relativePath.normalize('NFC'),
        location.byteSize,
        location.modifiedNs,
        reason,
        detail,
        seenAt,
        seenAt,
      );
    },

    startScan(): number {
      return nextScan.get()!;
    },

    markUnseen(folder: Pick<FileLocation, 'volumeKey' | 'relativePath'>, scan: number): { missing: number } {
      const volumeKey = findVolume.get(folder.volumeKey);
      if (volumeKey === undefined) return { missing: 0 };
      const [first, end] = rangeBelow(folder.relativePath);
      deleteFailuresBelow.run(volumeKey, first, end, scan);
      return { missing: markMissingBelow.run(now(), volumeKey, first, end, scan).changes };
    },

    countFailures(): number {
      return countFailures.get() ?? 0;
    },

    listFailures({ offset, limit }: ValidParams<'failures.list'>): Result<'failures.list'> {
      const failures = selectFailures.all(limit, offset).map((row): ImportFailure => {
        return { path: formatPath(row.mountPath, row.pathBytes), reason: row.reason, detail: row.detail };
      });
      return { total: countFailures.get() ?? 0, failures };
    },
  };
}

function preferPresent(places: PlaceRow[]): PlaceRow[] {
  const present = places.filter((place) => place.isMissing === 0);
  return present.length > 0 ? present : places;
}

/** The range of paths that lie below a folder; '0' is the character after '/'. */
function rangeBelow(folder: string): [first: string, end: string] {
  const path = folder.normalize('NFC').replace(/\/+$/u, '');
  return path === '' ? ['', '\u{10ffff}'] : [`${path}/`, `${path}0`];
}
