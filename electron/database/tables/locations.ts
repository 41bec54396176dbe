/** Where photos lie. */

import type { Connection } from '../file/connection.ts';
import type { AnalysisKey, FileLocation } from '../library-database.ts';
import type { FailureStore } from './failures.ts';
import { currentScan, formatPath, joinPathBytes, rangeBelow, type VolumeStore } from './volumes.ts';

interface PlaceRow {
  readonly mountPath: string;
  readonly pathBytes: Buffer;
  readonly isMissing: number;
}

export type LocationStore = ReturnType<typeof createLocationStore>;

export function createLocationStore({ db, now }: Connection, { volumes, failures }: { readonly volumes: VolumeStore; readonly failures: FailureStore }) {
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

  /** Records that a photo lies at `location`, whatever lay there before. */
  function place(photoKey: number, location: FileLocation): void {
    const volumeKey = volumes.register(location);
    const seenAt = now();
    const { relativePathBytes, byteSize, modifiedNs } = location;
    failures.forget(volumeKey, relativePathBytes);
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

  return {
    place,

    /** Absolute paths of a photo that are there, or, where none is, all it was last seen at; the best one first. */
    listPaths(photoKey: number): string[] {
      return preferPresent(selectPlaces.all(photoKey)).map((row) => formatPath(row.mountPath, row.pathBytes));
    },

    listPathBytes(photoKey: number): Uint8Array[] {
      return selectPlaces.all(photoKey).map((row) => joinPathBytes(row.mountPath, row.pathBytes));
    },

    findUnchanged(locations: readonly FileLocation[], analysis: AnalysisKey): boolean[] {
      return locations.map((location) => {
        const volumeKey = volumes.find(location.volumeKey);
        if (volumeKey === null) return false;
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

    markUnseen(folder: Pick<FileLocation, 'volumeKey' | 'relativePath'>, scan: number): { missing: number } {
      const volumeKey = volumes.find(folder.volumeKey);
      if (volumeKey === null) return { missing: 0 };
      const [first, end] = rangeBelow(folder.relativePath);
      failures.forgetUnseen(volumeKey, [first, end], scan);
      return { missing: markMissingBelow.run(now(), volumeKey, first, end, scan).changes };
    },

  };
}

function preferPresent(places: PlaceRow[]): PlaceRow[] {
  const present = places.filter((place) => place.isMissing === 0);
  return present.length > 0 ? present : places;
}
