/** The folders that can be browsed in the fake engine, and what fails in one of them. */

import path from 'node:path';
import type { ImportFailure } from '../../electron/api/schemas.ts';
import { AppError } from '../../electron/base/errors.ts';

/** Folders of these names bring trouble, so that lists of failures can be seen. */
const brokenFolderName = 'broken';

export function failuresOf(folder: string): ImportFailure[] {
  if (path.basename(folder) !== brokenFolderName) return [];
  return [
    { path: path.join(folder, 'empty.jpg'), reason: 'empty-file', detail: '0 bytes' },
    { path: path.join(folder, 'half.jpg'), reason: 'corrupt-image', detail: 'premature end of JPEG image' },
    { path: path.join(folder, '너무 큰 그림.png'), reason: 'too-many-pixels', detail: '60000 x 60000' },
    { path: path.join(folder, 'locked', 'secret 🙂.jpg'), reason: 'permission-denied', detail: 'EACCES' },
  ];
}
export const fakeHome = '/home/anna';
const fakeFolders: Readonly<Record<string, { folders: string[]; imageCount: number }>> = {
  '/': { folders: ['home'], imageCount: 0 },
  '/home': { folders: ['anna'], imageCount: 0 },
  [fakeHome]: { folders: ['Documents', 'Pictures'], imageCount: 0 },
  [`${fakeHome}/Documents`]: { folders: [], imageCount: 1 },
  [`${fakeHome}/Pictures`]: { folders: ['2019 summer', '가족 사진', brokenFolderName], imageCount: 12 },
  [`${fakeHome}/Pictures/2019 summer`]: { folders: [], imageCount: 6 },
  [`${fakeHome}/Pictures/가족 사진`]: { folders: [], imageCount: 4 },
  [`${fakeHome}/Pictures/${brokenFolderName}`]: { folders: [], imageCount: 4 },
};

export function browseFolder(folder: string) {
  const found = fakeFolders[folder];
  if (found === undefined) {
    throw new AppError('not-found', `Expected a folder but received ${folder}`, { parameters: { path: folder } });
  }
  return {
    path: folder,
    parent: folder === '/' ? null : path.posix.dirname(folder),
    folders: found.folders.map((name) => ({ name, path: path.posix.join(folder, name) })),
    imageCount: found.imageCount,
    shortcuts: [
      { kind: 'home' as const, path: fakeHome },
      { kind: 'pictures' as const, path: `${fakeHome}/Pictures` },
      { kind: 'root' as const, path: '/' },
    ],
  };
}
