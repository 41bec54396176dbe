/** Walks folders for photos: what to import, what cannot be read yet, and what could not be looked into. */

import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { BigIntStats, Dirent } from 'node:fs';
import { AppError, type ErrorCode } from '../base/errors.ts';
import { isHiddenName, isPhotoFileName, isSkippedFolderName, isUnsupportedImageName, readExtension } from './file-types.ts';

export interface WalkedFile {
  readonly kind: 'photo';
  /** Absolute, the raw bytes: names need not be Unicode. */
  readonly path: Buffer;
  /** The same for people to read; may not lead to the file where the name is not Unicode. */
  readonly displayPath: string;
  readonly name: string;
  /** The named folder under which it was found, absolute. */
  readonly root: string;
  /** Path below `root`; the file's name where the file itself was named. */
  readonly relative: string;
  readonly byteSize: number;
  readonly mtimeNs: bigint;
  readonly device: bigint;
  readonly inode: bigint;
}

export interface UnsupportedFile {
  readonly kind: 'unsupported';
  /** Lower case, without the dot. */
  readonly extension: string;
  readonly path: string;
}

export interface WalkFailure {
  readonly kind: 'failure';
  readonly path: string;
  readonly reason: ErrorCode;
  readonly detail: string;
}

export type Walked = WalkedFile | UnsupportedFile | WalkFailure;

/** One folder may be reached by several links, each a path of its own, but links between folders could multiply
 *  without end. */
const mostVisitsOfOneFolder = 8;

interface Folder {
  readonly rawPath: Buffer;
  readonly name: string;
  readonly relative: string;
  /** Device and inode of this folder and of those it was reached through. */
  readonly ancestors: readonly string[];
}

interface Walk {
  readonly root: string;
  readonly signal: AbortSignal | undefined;
  readonly visits: Map<string, number>;
  /** Raw paths already told, where several named folders may overlap; else null. */
  readonly seen: Set<string> | null;
}

/** Walks the named folders and files, deep, in the order of the names' bytes, files before folders.
 *  Follows symbolic links to files and folders; ends loops. Inside a named folder it skips hidden files and folders,
 *  system folders and caches of thumbnails, never a named folder itself.
 *  @throws AppError "not-found" for a named path that does not exist, "cancelled" */
export async function* walkPhotos(
  folders: readonly string[],
  options: { signal?: AbortSignal } = {},
): AsyncGenerator<Walked, void, void> {
  const { signal } = options;
  const roots = [...new Set(folders.map((folder) => path.resolve(folder)))];
  // A misspelt folder should be told before the others are walked for an hour.
  const stats = await Promise.all(roots.map(findNamedPath));
  const seen = roots.length > 1 ? new Set<string>() : null;
  for (const [index, root] of roots.entries()) {
    const found = stats[index]!;
    if (!('stats' in found)) {
      yield found;
      continue;
    }
    const rawPath = Buffer.from(root);
    if (found.stats.isDirectory()) {
      const walk: Walk = { root, signal, visits: new Map(), seen };
      yield* walkFolder(walk, { rawPath, name: path.basename(root), relative: '', ancestors: [identify(found.stats)] });
    } else {
      const name = path.basename(root);
      if (isUnsupportedImageName(name)) yield { kind: 'unsupported', extension: readExtension(name), path: root };
      else if (isFirstSight(seen, rawPath)) yield describeFile(path.dirname(root), rawPath, name, name, found.stats);
    }
  }
}

async function findNamedPath(named: string): Promise<{ stats: BigIntStats } | WalkFailure> {
  try {
    return { stats: await stat(named, { bigint: true }) };
  } catch (error) {
    const code = readSystemCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG' || code === 'ELOOP') {
      throw new AppError('not-found', `Expected a folder or file but nothing is at ${named}`, {
        cause: error,
        parameters: { path: named },
      });
    }
    return describeFailure(Buffer.from(named), error);
  }
}

async function* walkFolder(walk: Walk, folder: Folder): AsyncGenerator<Walked, void, void> {
  if (walk.signal?.aborted) throw new AppError('cancelled', 'Expected to walk on but was cancelled');
  let entries: Dirent<Buffer>[];
  try {
    entries = await readdir(folder.rawPath, { withFileTypes: true, encoding: 'buffer' });
  } catch (error) {
    yield describeFailure(folder.rawPath, error);
    return;
  }
  entries.sort((first, second) => Buffer.compare(first.name, second.name));
  const folders: Folder[] = [];
  for (const entry of entries) {
    const name = entry.name.toString('utf8');
    if (isHiddenName(name)) continue;
    const isUnsupported = isUnsupportedImageName(name);
    const isPhoto = isPhotoFileName(name);
    const mayBeFolder = !entry.isFile();
    if (!isUnsupported && !isPhoto && !mayBeFolder) continue;
    const rawPath = joinRaw(folder.rawPath, entry.name);
    let stats: BigIntStats;
    try {
      stats = await stat(rawPath, { bigint: true });
    } catch (error) {
      // A dangling link that does not even look like a photo is nobody's loss.
      if (isPhoto || entry.isDirectory()) yield describeFailure(rawPath, error);
      continue;
    }
    const relative = path.join(folder.relative, name);
    if (stats.isDirectory()) {
      if (isSkippedFolderName(name, folder.name)) continue;
      const identity = identify(stats);
      if (folder.ancestors.includes(identity)) continue;
      const visits = walk.visits.get(identity) ?? 0;
      if (visits >= mostVisitsOfOneFolder) continue;
      walk.visits.set(identity, visits + 1);
      folders.push({ rawPath, name, relative, ancestors: [...folder.ancestors, identity] });
    } else if (stats.isFile()) {
      if (!isFirstSight(walk.seen, rawPath)) continue;
      if (isUnsupported) yield { kind: 'unsupported', extension: readExtension(name), path: rawPath.toString('utf8') };
      else if (isPhoto) yield describeFile(walk.root, rawPath, name, relative, stats);
    }
  }
  for (const inner of folders) yield* walkFolder(walk, inner);
}

function describeFile(root: string, rawPath: Buffer, name: string, relative: string, stats: BigIntStats): WalkedFile {
  return {
    kind: 'photo',
    path: rawPath,
    displayPath: rawPath.toString('utf8'),
    name,
    root,
    relative,
    byteSize: Number(stats.size),
    mtimeNs: stats.mtimeNs,
    device: stats.dev,
    inode: stats.ino,
  };
}

function describeFailure(rawPath: Buffer, error: unknown): WalkFailure {
  const code = readSystemCode(error);
  const reasons: Partial<Record<string, ErrorCode>> = {
    EACCES: 'permission-denied',
    EPERM: 'permission-denied',
    ENOENT: 'file-vanished',
  };
  return {
    kind: 'failure',
    path: rawPath.toString('utf8'),
    reason: reasons[code] ?? 'unreadable-file',
    detail: error instanceof Error ? error.message : String(error),
  };
}

function readSystemCode(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? '';
}

function identify(stats: BigIntStats): string {
  return `${stats.dev}:${stats.ino}`;
}

function isFirstSight(seen: Set<string> | null, rawPath: Buffer): boolean {
  if (seen === null) return true;
  const key = rawPath.toString('latin1');
  if (seen.has(key)) return false;
  seen.add(key);
  return true;
}

function joinRaw(folder: Buffer, name: Buffer): Buffer {
  const separator = path.sep.charCodeAt(0);
  const isSeparated = folder.at(-1) === separator;
  return Buffer.concat(isSeparated ? [folder, name] : [folder, Buffer.of(separator), name]);
}
