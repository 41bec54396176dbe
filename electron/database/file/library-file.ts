/** What lies in a library's folder, by name. */

import { join } from 'node:path';

export const libraryFileName = 'library.sqlite';

/** What Kindred keeps beside the library's file; all of it can be made again. */
export const libraryPartNames = {
  thumbnails: 'thumbnails',
  neighbours: 'neighbours',
  logs: 'logs',
  /** Says where the server of this library listens. */
  instance: 'instance.json',
  /** By which that server shows that it is the library's. */
  serverKey: 'server.key',
} as const;

export function findLibraryPart(libraryFolder: string, part: keyof typeof libraryPartNames): string {
  return join(libraryFolder, libraryPartNames[part]);
}

/** A library's file while it is made: it gets its name once it is whole. */
const unfinishedLibrary = new RegExp(`^${libraryFileName.replace('.', '\\.')}\\.new-`);
/** A copy of an earlier version while it is made. */
const unfinishedCopy = /\.bak\.part$/;

export function nameUnfinishedLibrary(path: string, suffix: string): string {
  return `${path}.new-${suffix}`;
}

/** @param name of an entry of the library's folder */
export function isUnfinished(name: string): boolean {
  return unfinishedLibrary.test(name) || unfinishedCopy.test(name);
}

/** Whether an entry says that its folder is a library's, or was. */
export function isLibraryTrace(name: string): boolean {
  if (isUnfinished(name)) return false;
  const isPart = Object.values(libraryPartNames).some((part) => name === part || name.startsWith(`${part}.`));
  return isPart || name.startsWith(`${libraryFileName}-`) || name.startsWith(`${libraryFileName}.`);
}
