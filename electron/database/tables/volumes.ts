/** Volumes, the paths below them, and the scans that look through them. */

import { join } from 'node:path';
import { AppError } from '../../base/errors.ts';
import type { Connection } from '../file/connection.ts';
import type { FileLocation } from '../library-database.ts';

/** A volume's row id; never leaves this folder. */
export type VolumeKey = number;

/** A path as programs open it: the bytes of the name, as far as they are text, and not their NFC form. */
export function formatPath(mountPath: string, pathBytes: Uint8Array): string {
  return join(mountPath, Buffer.from(pathBytes).toString('utf8'));
}

/** The same for names that are no text at all. */
export function joinPathBytes(mountPath: string, pathBytes: Uint8Array): Uint8Array {
  const mount = Buffer.from(mountPath.endsWith('/') ? mountPath : `${mountPath}/`);
  return Uint8Array.from(Buffer.concat([mount, pathBytes]));
}

/** The range of paths that lie below a folder; '0' is the character after '/'. */
export function rangeBelow(folder: string): [first: string, end: string] {
  const path = folder.normalize('NFC').replace(/\/+$/u, '');
  return path === '' ? ['', '\u{10ffff}'] : [`${path}/`, `${path}0`];
}

/** [Note: scans] Scans are numbered, not dated: a clock may go back between two of them, or during one. Whatever is seen
 *  belongs to the scan that began last. */
export const currentScan = "(SELECT value FROM counters WHERE name = 'scans')";

export type VolumeStore = ReturnType<typeof createVolumeStore>;

export function createVolumeStore({ db, now }: Connection) {
  const upsertVolume = db
    .prepare<[string, string, string], number>(
      `INSERT INTO volumes (key, mount_path, last_seen_at) VALUES (?, ?, ?)
       ON CONFLICT (key) DO UPDATE SET mount_path = excluded.mount_path, last_seen_at = excluded.last_seen_at
       RETURNING id`,
    )
    .pluck();
  const nextScan = db.prepare<[], number>("UPDATE counters SET value = value + 1 WHERE name = 'scans' RETURNING value").pluck();
  const findVolume = db.prepare<[string], number>('SELECT id FROM volumes WHERE key = ?').pluck();

  return {
    /** Notes where the volume is mounted now. */
    register(location: Pick<FileLocation, 'volumeKey' | 'mountPath'>): VolumeKey {
      const id = upsertVolume.get(location.volumeKey, location.mountPath, now());
      if (id === undefined) throw new AppError('internal', 'Expected a row id for the volume but received none');
      return id;
    },

    find(volumeKey: string): VolumeKey | null {
      return findVolume.get(volumeKey) ?? null;
    },

    startScan(): number {
      return nextScan.get()!;
    },
  };
}
