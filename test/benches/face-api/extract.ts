/** Collects what face-api finds in many photos in a file that grows with every photo, so that a later run goes on. */

import { createReadStream, existsSync } from 'node:fs';
import { appendFile, truncate } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { runBaseline, type BaselineOptions, type BaselinePhoto } from './baseline.ts';

/** A line of the file. */
interface CachedPhoto extends BaselinePhoto {
  /** Path below the folder of all photos, separated by '/'. */
  readonly photo: string;
}

export interface ExtractOptions extends BaselineOptions {
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
    const run = await runBaseline(missing, options, (file, photo) => {
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
async function readCache(cacheFile: string): Promise<Map<string, BaselinePhoto>> {
  const photos = new Map<string, BaselinePhoto>();
  if (!existsSync(cacheFile)) return photos;
  let wholeBytes = 0;
  for await (const line of createInterface({ input: createReadStream(cacheFile) })) {
    try {
      const { photo, ...found } = JSON.parse(line) as CachedPhoto;
      photos.set(photo, found);
    } catch {
      await truncate(cacheFile, wholeBytes);
      break;
    }
    wholeBytes += Buffer.byteLength(line) + 1;
  }
  return photos;
}
