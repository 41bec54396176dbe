/** Photos by content: their rows, and when they were taken. */

import type { CaptureTime } from '../../api/schemas.ts';
import { AppError } from '../../base/errors.ts';
import { createId, type PhotoId } from '../../base/ids.ts';
import type { Connection } from '../file/connection.ts';
import type { NewPhoto } from '../library-database.ts';

/** A photo's row id; never leaves this folder. */
export type PhotoKey = number;

export interface PhotoRow {
  readonly key: PhotoKey;
  readonly id: PhotoId;
  readonly width: number;
  readonly height: number;
  readonly captureLocal: string | null;
  readonly captureOffsetMinutes: number | null;
  readonly captureSource: CaptureTime['source'] | null;
}

/** How much a capture time's source is worth. */
const sourceRanks: Readonly<Record<CaptureTime['source'], number>> = { exif: 3, name: 2, file: 1 };

export type PhotoStore = ReturnType<typeof createPhotoStore>;

export function createPhotoStore({ db, now }: Connection) {
  const photoColumns = `id AS key, uuid AS id, width, height, capture_local AS captureLocal,
    capture_offset_minutes AS captureOffsetMinutes, capture_source AS captureSource`;
  const findByHash = db.prepare<[Uint8Array], PhotoRow>(`SELECT ${photoColumns} FROM photos WHERE content_hash = ?`);
  const findById = db.prepare<[string], PhotoRow>(`SELECT ${photoColumns} FROM photos WHERE uuid = ?`);
  const selectHash = db.prepare<[PhotoKey], Buffer>('SELECT content_hash FROM photos WHERE id = ?').pluck();
  const insertPhoto = db.prepare(
    `INSERT INTO photos (uuid, content_hash, byte_size, format, width, height, capture_local, capture_offset_minutes,
       capture_source, added_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const updateCapture = db.prepare(
    'UPDATE photos SET capture_local = ?, capture_offset_minutes = ?, capture_source = ? WHERE id = ?',
  );
  const countAll = db.prepare<[], number>('SELECT count(*) FROM photos').pluck();

  return {
    count(): number {
      return countAll.get() ?? 0;
    },

    findByHash(contentHash: Uint8Array): PhotoRow | null {
      return findByHash.get(contentHash) ?? null;
    },

    /** @throws AppError "not-found" */
    resolve(photoId: PhotoId): PhotoRow {
      const row = findById.get(photoId);
      if (row !== undefined) return row;
      throw new AppError('not-found', `Expected a photo of this library but received ${photoId}`, {
        parameters: { photoId },
      });
    },

    readHash(key: PhotoKey): Uint8Array {
      const contentHash = selectHash.get(key);
      if (contentHash === undefined) throw new AppError('internal', `Expected a photo's row but received key ${key}`);
      return Uint8Array.from(contentHash);
    },

    add({ contentHash, byteSize, format, width, height, captureTime }: NewPhoto): Pick<PhotoRow, 'key' | 'id'> {
      const id = createId<PhotoId>();
      const time = [captureTime?.local ?? null, captureTime?.offsetMinutes ?? null, captureTime?.source ?? null];
      const { lastInsertRowid } = insertPhoto.run(id, contentHash, byteSize, format, width, height, ...time, now());
      return { key: Number(lastInsertRowid), id };
    },

    /** Takes the better of two capture times. */
    improveCaptureTime(known: PhotoRow, captureTime: CaptureTime | null): void {
      if (captureTime === null) return;
      if (known.captureSource !== null && sourceRanks[captureTime.source] <= sourceRanks[known.captureSource]) return;
      updateCapture.run(captureTime.local, captureTime.offsetMinutes, captureTime.source, known.key);
    },
  };
}

export function readCaptureTime(photo: PhotoRow): CaptureTime | null {
  if (photo.captureLocal === null || photo.captureSource === null) return null;
  return { local: photo.captureLocal, offsetMinutes: photo.captureOffsetMinutes, source: photo.captureSource };
}
