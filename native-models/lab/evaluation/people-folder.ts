/** Reads photos that lie in a folder per person: the folder's name says who is on them. */

import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../../electron/base/errors.ts';
import { isPhotoFileName } from '../../../electron/library/file-types.ts';

export interface LabeledPhoto {
  readonly path: string;
  readonly person: string;
}

/** @returns by person and name, in the order of their UTF-16 code units
 *  @throws AppError "not-found" where no folder in it holds a photo */
export async function listLabeledPhotos(folder: string): Promise<LabeledPhoto[]> {
  const photos: LabeledPhoto[] = [];
  const people = (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  for (const person of people.map(({ name }) => name).sort()) {
    const files = await readdir(path.join(folder, person), { withFileTypes: true });
    const names = files.filter((entry) => entry.isFile() && isPhotoFileName(entry.name)).map(({ name }) => name);
    for (const name of names.sort()) photos.push({ path: path.join(folder, person, name), person });
  }
  if (photos.length === 0) {
    throw new AppError('not-found', `Expected a folder per person with photos in ${folder} but found none`, {
      parameters: { kind: 'people', path: folder },
    });
  }
  return photos;
}

/** People of whom there are more photos are shown by the first so many, in the order given: else a few who were
 *  photographed often decide about everybody. */
export function capPhotos(photos: readonly LabeledPhoto[], mostPhotos: number): LabeledPhoto[] {
  const counts = new Map<string, number>();
  return photos.filter(({ person }) => {
    const count = (counts.get(person) ?? 0) + 1;
    counts.set(person, count);
    return count <= mostPhotos;
  });
}
