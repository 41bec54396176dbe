/** Collects what face-api finds in many photos in a file that grows with every photo, so that a later run goes on. */

import { existsSync } from 'node:fs';
import { appendFile, readFile, truncate } from 'node:fs/promises';
import path from 'node:path';
import { runBaseline, type BaselineBackend, type BaselineOptions, type BaselinePhoto } from './baseline.ts';

/** A line of the file. */
interface CachedPhoto extends BaselinePhoto {
  /** Path below the folder of all photos, separated by '/'. */
  readonly photo: string;
}

export interface ExtractOptions extends Omit<BaselineOptions, 'backend'> {
  /** Asked only where a photo is missing in the file. */
  readonly chooseBackend: () => Promise<BaselineBackend>;
  /** What the photos' names in the file are relative to. */
  readonly folder: string;
  /** JSON Lines; made where it is missing. */
  readonly cacheFile: string;
  readonly onProgress?: (done: number, total: number) => void;
}

/** @returns by absolute path, for every photo of `files`
 *  @throws Error where face-api does not run here or cannot read a photo */
export async function extractFaces(files: readonly string[], options: ExtractOptions): Promise<Map<string, BaselinePhoto>> {
  const known = await readCache(options.cacheFile);
  const nameOf = (file: string): string => path.relative(options.folder, file).split(path.sep).join('/');
  const missing = files.filter((file) => !known.has(nameOf(file)));
  let done = files.length - missing.length;
  let writing = Promise.resolve();
  if (missing.length > 0) {
    const backend = await options.chooseBackend();
    const run = await runBaseline(missing, { ...options, backend }, (file, photo) => {
      known.set(nameOf(file), photo);
      const line = `${JSON.stringify({ photo: nameOf(file), ...photo } satisfies CachedPhoto)}\n`;
      writing = writing.then(() => appendFile(options.cacheFile, line));
      options.onProgress?.((done += 1), files.length);
    });
    await writing;
    if (run.failed > 0) throw new Error(`Expected photos that can be read but ${run.failed} of ${missing.length} cannot`);
  }
  return new Map(files.map((file) => [file, known.get(nameOf(file))!]));
}

/** @returns by name; a last line that a kill cut short is taken off the file */
export async function readCache(cacheFile: string): Promise<Map<string, BaselinePhoto>> {
  const photos = new Map<string, BaselinePhoto>();
  if (!existsSync(cacheFile)) return photos;
  const lines = (await readFile(cacheFile, 'utf8')).split('\n');
  const unfinished = lines.pop()!;
  if (unfinished !== '') await truncate(cacheFile, Buffer.byteLength(lines.map((line) => `${line}\n`).join('')));
  for (const line of lines) {
    const { photo, ...found } = JSON.parse(line) as CachedPhoto;
    photos.set(photo, found);
  }
  return photos;
}
