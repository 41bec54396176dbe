/** Files that could not be read. */

import type { ImportFailure } from '../../api/schemas.ts';
import type { Result, ValidParams } from '../../api/contract.ts';
import type { ErrorCode } from '../../base/errors.ts';
import type { Connection } from '../file/connection.ts';
import type { FileLocation } from '../library-database.ts';
import { currentScan, formatPath, type VolumeKey, type VolumeStore } from './volumes.ts';

export type FailureStore = ReturnType<typeof createFailureStore>;

export function createFailureStore({ db, now }: Connection, volumes: VolumeStore) {
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

  return {
    save(location: FileLocation, reason: ErrorCode, detail: string): void {
      const seenAt = now();
      upsertFailure.run(
        volumes.register(location),
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

    forget(volumeKey: VolumeKey, pathBytes: Uint8Array): void {
      deleteFailure.run(volumeKey, pathBytes);
    },

    /** Forgets those in a range of paths that were not seen since a scan began. */
    forgetUnseen(volumeKey: VolumeKey, [first, end]: readonly [first: string, end: string], scan: number): void {
      deleteFailuresBelow.run(volumeKey, first, end, scan);
    },

    count(): number {
      return countFailures.get() ?? 0;
    },

    list({ offset, limit }: ValidParams<'failures.list'>): Result<'failures.list'> {
      const failures = selectFailures.all(limit, offset).map((row): ImportFailure => {
        return { path: formatPath(row.mountPath, row.pathBytes), reason: row.reason, detail: row.detail };
      });
      return { total: countFailures.get() ?? 0, failures };
    },
  };
}
