/** Reads photos as grey pictures, for a HOG detector to learn from. */

import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { decodePhoto, readImageHeader, renderUpright, type DecodeLimits } from '../../../../electron/imaging/decode.ts';
import { toGrey } from '../../../../electron/imaging/pixels.ts';
import { isPhotoFileName } from '../../../../electron/library/file-types.ts';
import type { GreyImage } from '../../hog/grey-image.ts';

/** @throws AppError as readImageHeader and decodePhoto do */
export async function readGreyPhoto(file: string, limits: DecodeLimits): Promise<GreyImage> {
  const bytes = await readFile(file);
  const header = await readImageHeader(bytes, limits);
  return toGrey(await renderUpright(await decodePhoto(bytes, header, limits), header));
}

/** @returns absolute paths of a folder's photos, by name */
export async function listPictures(folder: string): Promise<string[]> {
  const names = (await readdir(folder)).filter(isPhotoFileName);
  return names.sort().map((name) => path.join(folder, name));
}
