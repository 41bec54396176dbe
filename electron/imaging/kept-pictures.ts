/** Pictures that are made once and kept as files, found by what is on them: whoever cuts a face writes it where whoever shows
 *  it looks. */

import { createHash, randomUUID } from 'node:crypto';
import { access, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pictureStyles, type MediaKind } from '../api/picture-kinds.ts';
import { AppError, describeSystemError } from '../base/errors.ts';
import type { FaceSquare } from '../geometry/face-square.ts';

/** Where pictures of each kind lie, by the first two digits of their keys. */
const folders: Readonly<Record<MediaKind, string>> = { photo: 'photo', face: 'square', chip: 'chip', frontal: 'frontal' };
/** Faces cut as Kindred did before neighbours had a say in it. */
const formerFolders = ['face'];
const formerlyMixedFolders = ['photo', 'chip', 'frontal'];
/** What is being written; whatever an earlier process left here was never finished. */
const unfinishedFolder = 'unfinished';
const pictureName = /^[0-9a-f]{64}\.webp$/;

export class KeptPictures {
  readonly folder: string;
  readonly #made = new Set<string>();

  /** @param folder made for the user alone (mode 0700) once something is kept in it */
  constructor(folder: string) {
    this.folder = folder;
  }

  /** @returns null where it was never made, or where a power cut or a full disk has left less than all of it */
  async read(kind: MediaKind, key: string): Promise<Uint8Array | null> {
    try {
      const body = await readFile(this.#locate(kind, key));
      return isWholeWebp(body) ? new Uint8Array(body.buffer, body.byteOffset, body.byteLength) : null;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
  }

  async has(kind: MediaKind, key: string): Promise<boolean> {
    try {
      await access(this.#locate(kind, key));
      return true;
    } catch {
      return false;
    }
  }

  /** A kill halfway leaves no broken picture behind.
   *  @param body WebP
   *  @throws AppError "disk-full", "read-only-disk", "storage-failed" */
  async write(kind: MediaKind, key: string, body: Uint8Array): Promise<void> {
    const file = this.#locate(kind, key);
    const unfinished = path.join(this.folder, unfinishedFolder, randomUUID());
    try {
      await this.#make(path.dirname(unfinished));
      await writeFile(unfinished, body, { mode: 0o600 });
      await this.#make(path.dirname(file));
      await rename(unfinished, file);
    } catch (error) {
      await rm(unfinished, { force: true });
      throw describeWriteError(error, this.folder);
    }
  }

  /** Takes away what an earlier process was writing when it ended. To be called before anything is written, by the one process
   *  that has the library. */
  async sweepUnfinished(): Promise<void> {
    await rm(path.join(this.folder, unfinishedFolder), { recursive: true, force: true });
  }

  /** Takes away what earlier versions of Kindred have left: pictures that nobody asks for any more, and unfinished ones, which
   *  they wrote beside where they were to be kept. */
  async sweepFormer(): Promise<void> {
    for (const name of formerFolders) await rm(path.join(this.folder, name), { recursive: true, force: true });
    for (const name of formerlyMixedFolders) await this.#sweepFolder(path.join(this.folder, name));
  }

  async #sweepFolder(folder: string): Promise<void> {
    for (const entry of await listFolder(folder)) {
      const child = path.join(folder, entry.name);
      if (entry.isDirectory()) await this.#sweepFolder(child);
      else if (!pictureName.test(entry.name)) await rm(child, { force: true });
    }
  }

  #locate(kind: MediaKind, key: string): string {
    return path.join(this.folder, folders[kind], key.slice(0, 2), `${key}.webp`);
  }

  async #make(folder: string): Promise<void> {
    if (this.#made.has(folder)) return;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    this.#made.add(folder);
  }
}

/** @param contentHash of the photo, as with all keys */
export function createPhotoKey(contentHash: Uint8Array, sizePx: number): string {
  return createHash('sha256').update(contentHash).update(`  ${sizePx}`).digest('hex');
}

/** @param square how the face is cut, which its neighbours have a say in */
export function createFaceKey(contentHash: Uint8Array, square: FaceSquare, sizePx: number): string {
  return createHash('sha256').update(contentHash).update(` ${JSON.stringify([pictureStyles.face, square])} ${sizePx}`).digest('hex');
}

/** @param landmarks of the face */
export function createViewKey(kind: 'chip' | 'frontal', contentHash: Uint8Array, landmarks: Float32Array, sizePx: number): string {
  return createHash('sha256').update(contentHash).update(landmarks).update(` ${kind} ${pictureStyles[kind]} ${sizePx}`).digest('hex');
}

/** Whether the file ends where its header says. Source: RFC 9649, 2.4. */
function isWholeWebp(body: Buffer): boolean {
  return (
    body.length > 12 &&
    body.toString('latin1', 0, 4) === 'RIFF' &&
    body.toString('latin1', 8, 12) === 'WEBP' &&
    body.readUInt32LE(4) + 8 === body.length
  );
}

async function listFolder(folder: string) {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** A folder of ours that may not be written is no photo's fault. */
function describeWriteError(error: unknown, folder: string): unknown {
  const described = describeSystemError(error, folder);
  if (described?.code !== 'permission-denied') return described ?? error;
  return new AppError('storage-failed', described.message, { cause: error, parameters: described.parameters });
}
