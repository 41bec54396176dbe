/** Decides what a folder is before anything is written to it: a library, a place for a new one, or somebody else's. */

import { chmodSync, lstatSync, mkdirSync, readdirSync, rmSync, statSync, type Stats } from 'node:fs';
import { dirname, join } from 'node:path';
import { AppError } from '../../base/errors.ts';
import { isLibraryTrace, isUnfinished, libraryFileName } from './library-file.ts';

/** What systems leave in folders of their own accord. */
const leftBySystems = new Set(['.DS_Store', '.localized', '.directory', '.Spotlight-V100', '.fseventsd', '.Trashes', 'Thumbs.db', 'desktop.ini', 'lost+found', 'System Volume Information', '$RECYCLE.BIN']);

const permissionBits = 0o777;
const othersBits = 0o077;

/**
 * Makes the folder where there is none, for the user alone (mode 0700, and so every folder above it that is made). One
 * that is there keeps its mode, whoever's it is: what is private in it has a mode of its own.
 * @returns "library" where its file is there, "empty" where one may be made
 * @throws AppError "not-a-library" (its parameter "reason" is "not-a-folder", "not-empty" or "link-leads-nowhere", "path"
 *   what is in the way), "library-damaged" where the folder was a library's and its file is missing, empty or no file
 */
export function prepareLibraryFolder(folder: string): 'library' | 'empty' {
  makeFolder(folder);
  const path = join(folder, libraryFileName);
  const names = readdirSync(folder);
  if (names.includes(libraryFileName)) {
    checkLibraryFile(path);
    return 'library';
  }
  if (names.some(isLibraryTrace)) throw createDamage(path, 'missing', 'nothing, though the folder is a library');
  const others = names.filter((name) => !leftBySystems.has(name) && !isUnfinished(name));
  if (others.length > 0) throw createRefusal(folder, 'not-empty', `${others.length} entries and no library`);
  return 'empty';
}

/** Closes the library's file to others, where it is this user's: it says who is on the photos. */
export function closeToOthers(path: string): void {
  const { mode, uid } = statSync(path);
  if ((mode & othersBits) === 0) return;
  // Another user's file is that user's to open and close.
  if (process.getuid !== undefined && process.getuid() !== uid) return;
  chmodSync(path, mode & permissionBits & ~othersBits);
}

/** Takes away what starts and updates that were cut off have left. Only whoever holds the library may. */
export function sweepUnfinished(folder: string): void {
  for (const name of readdirSync(folder)) if (isUnfinished(name)) rmSync(join(folder, name), { force: true });
}

/** Folder by folder: a recursive mkdir says of a disk that can only be read that something does not exist. */
function makeFolder(folder: string): void {
  const found = readStats(folder);
  if (found === 'broken-link') throw createRefusal(folder, 'link-leads-nowhere', 'a link that leads nowhere');
  if (found !== null) {
    if (!found.isDirectory()) throw createRefusal(folder, 'not-a-folder', 'something else');
    return;
  }
  const parent = dirname(folder);
  if (parent !== folder) makeFolder(parent);
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    // Another start was quicker.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

function checkLibraryFile(path: string): void {
  const found = readStats(path);
  if (found === null || found === 'broken-link') throw createDamage(path, 'missing', 'a link that leads nowhere');
  if (!found.isFile()) throw createDamage(path, 'not-a-file', 'something else');
  // A library gets its name once it is whole, so that none was ever empty.
  if (found.size === 0) throw createDamage(path, 'empty', 'an empty file');
}

/** @returns of what a link leads to; null where there is nothing, or something that is no folder stands above it */
function readStats(path: string): Stats | 'broken-link' | null {
  const found = statOrNull(() => statSync(path));
  if (found !== null) return found;
  return statOrNull(() => lstatSync(path)) === null ? null : 'broken-link';
}

function statOrNull(read: () => Stats): Stats | null {
  try {
    return read();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw error;
  }
}

function createRefusal(path: string, reason: 'not-a-folder' | 'not-empty' | 'link-leads-nowhere', received: string): AppError {
  return new AppError('not-a-library', `Expected a library or an empty folder for ${path} but received ${received}`, {
    parameters: { path, reason },
  });
}

function createDamage(path: string, reason: 'missing' | 'empty' | 'not-a-file', received: string): AppError {
  return new AppError('library-damaged', `Expected the library's file ${path} but received ${received}`, {
    parameters: { path, reason },
  });
}
