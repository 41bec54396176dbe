/** Lists folders for a host without a folder dialog of its own. */

import { readdir, realpath, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import type { FolderListing } from '../api/schemas.ts';
import { AppError } from '../base/errors.ts';
import { isPhotoFileName, isSkippedFolderName } from './file-types.ts';

/**
 * @param folder absolute path, null for the place to start from
 * @throws AppError "not-found", "permission-denied", "bad-argument" for a path that is no folder
 */
export async function browseFolders(folder: string | null): Promise<FolderListing> {
  const shortcuts = await findShortcuts();
  const start = folder ?? (shortcuts.find(({ kind }) => kind === 'pictures') ?? shortcuts[0])?.path ?? path.resolve('/');
  if (!path.isAbsolute(start)) {
    throw new AppError('bad-argument', `Expected an absolute path for path but received ${start}`, {
      parameters: { field: 'path' },
    });
  }
  const entries = await readFolder(start);
  const folders: { name: string; path: string }[] = [];
  let imageCount = 0;
  for (const entry of entries) {
    const entryPath = path.join(start, entry.name);
    const isFolder = entry.isDirectory() || (entry.isSymbolicLink() && (await isDirectory(entryPath)));
    if (isFolder) {
      if (!isSkippedFolderName(entry.name)) folders.push({ name: entry.name.normalize('NFC'), path: entryPath });
    } else if (isPhotoFileName(entry.name)) {
      imageCount += 1;
    }
  }
  folders.sort((first, second) => first.name.localeCompare(second.name, undefined, { numeric: true }));
  const parent = path.dirname(start);
  return { path: start, parent: parent === start ? null : parent, folders, imageCount, shortcuts };
}

async function readFolder(folder: string) {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code;
    const parameters = { path: folder };
    if (reason === 'ENOENT' || reason === 'ENAMETOOLONG' || reason === 'ELOOP') {
      throw new AppError('not-found', `Expected a folder but nothing is at ${folder}`, { cause: error, parameters });
    }
    if (reason === 'ENOTDIR') {
      throw new AppError('bad-argument', `Expected a folder but ${folder} is none`, { cause: error, parameters });
    }
    if (reason === 'EACCES' || reason === 'EPERM') {
      throw new AppError('permission-denied', `Expected to read ${folder} but it is not allowed`, {
        cause: error,
        parameters,
      });
    }
    throw error;
  }
}

async function findShortcuts(): Promise<FolderListing['shortcuts']> {
  const home = homedir();
  const shortcuts: FolderListing['shortcuts'] = [{ kind: 'home', path: home }];
  const pictures = path.join(home, 'Pictures');
  if (await isDirectory(pictures)) shortcuts.push({ kind: 'pictures', path: pictures });
  shortcuts.push({ kind: 'root', path: path.parse(home).root });
  for (const parent of ['/media', '/mnt', '/Volumes', path.join('/media', path.basename(home)), path.join('/run/media', path.basename(home))]) {
    for (const name of await readdir(parent).catch(() => [])) {
      const drive = path.join(parent, name);
      if (name.startsWith('.') || drive === path.join('/media', path.basename(home))) continue;
      if ((await isDirectory(drive)) && (await realpath(drive)) !== '/') shortcuts.push({ kind: 'drive', path: drive });
    }
  }
  return shortcuts;
}

async function isDirectory(candidate: string): Promise<boolean> {
  return stat(candidate).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
}
