/** Thumbnails of photos and faces: made once, kept in the library folder, found by id and size. */

import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from './base/errors.ts';
import { createId, type FaceId, type PhotoId } from './base/ids.ts';
import { Limiter } from './base/limiter.ts';
import type { LibraryDatabase } from './database/library-database.ts';
import { renderFaceThumbnail, renderPhotoThumbnail } from './imaging/thumbnails.ts';

/** Sizes that are kept; a request gets the next larger one. Longest edge for photos, edge for faces. */
const sizesPx = { photo: [320, 960, 1920, 3840], face: [96, 192, 384] } as const;

/** Pictures rendered at a time: an import goes on beside a view that scrolls. */
const rendersAtOnce = 2;

export interface Media {
  readonly body: Uint8Array;
  readonly contentType: string;
  /** Changes whenever the body would. */
  readonly etag: string;
}

export interface MediaSource {
  /**
   * @param sizePx wanted longest edge
   * @throws AppError "not-found" for an unknown id, "file-vanished" where neither photo nor thumbnail is left
   */
  get(kind: 'photo' | 'face', id: string, sizePx: number): Promise<Media>;
}

export function createMediaSource(options: {
  database: LibraryDatabase;
  thumbnailsFolder: string;
  /** Photos with more pixels are refused. */
  maxPixels: number;
}): MediaSource {
  const { database, thumbnailsFolder, maxPixels } = options;
  const limiter = new Limiter(rendersAtOnce);
  const rendering = new Map<string, Promise<Uint8Array>>();

  async function get(kind: 'photo' | 'face', id: string, sizePx: number): Promise<Media> {
    const keptSizePx = sizesPx[kind].find((size) => size >= sizePx) ?? sizesPx[kind].at(-1)!;
    const source = await findSource(kind, id);
    const key = createHash('sha256').update(`${source.key} ${keptSizePx}`).digest('hex');
    const file = path.join(thumbnailsFolder, kind, key.slice(0, 2), `${key}.webp`);
    const body = (await readIfPresent(file)) ?? (await renderOnce(file, (bytes) => source.render(bytes, keptSizePx), source.paths));
    return { body, contentType: 'image/webp', etag: `"${key.slice(0, 32)}"` };
  }

  async function findSource(kind: 'photo' | 'face', id: string) {
    if (kind === 'photo') {
      const photo = await database.locatePhoto(id as PhotoId);
      return {
        key: Buffer.from(photo.contentHash).toString('hex'),
        paths: photo.paths,
        render: (file: Buffer, size: number) => renderPhotoThumbnail(file, { sizePx: size, maxPixels }),
      };
    }
    const face = await database.locateFace(id as FaceId);
    const box = face.box;
    if (!box) throw new AppError('not-found', `Expected a face with a box but face ${id} has none`);
    const photo = await database.locatePhoto(face.photoId);
    return {
      key: `${Buffer.from(photo.contentHash).toString('hex')} ${box.x} ${box.y} ${box.width} ${box.height}`,
      paths: photo.paths,
      render: (file: Buffer, size: number) => renderFaceThumbnail(file, box, { sizePx: size, maxPixels }),
    };
  }

  /** Two requests for one picture share its rendering. */
  async function renderOnce(
    file: string,
    render: (bytes: Buffer) => Promise<Uint8Array>,
    paths: readonly Uint8Array[],
  ): Promise<Uint8Array> {
    const underWay = rendering.get(file);
    if (underWay) return underWay;
    const rendered = limiter
      .run(async () => {
        const body = await render(await readFirst(paths));
        await writeAtomically(file, body);
        return body;
      })
      .finally(() => rendering.delete(file));
    rendering.set(file, rendered);
    return rendered;
  }

  return { get };
}

async function readFirst(paths: readonly Uint8Array[]): Promise<Buffer> {
  let cause: unknown;
  for (const candidate of paths) {
    try {
      return await readFile(Buffer.from(candidate));
    } catch (error) {
      cause = error;
    }
  }
  throw new AppError('file-vanished', 'Expected the photo where it was imported from but it is not there', { cause });
}

async function readIfPresent(file: string): Promise<Buffer | null> {
  try {
    return await readFile(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** A kill halfway leaves no broken picture behind. */
async function writeAtomically(file: string, body: Uint8Array): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const temporary = `${file}.${createId<string>()}`;
  await writeFile(temporary, body, { mode: 0o600 });
  await rename(temporary, file);
}
