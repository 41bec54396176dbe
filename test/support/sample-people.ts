/** The people of the sample photos as commands want them that are given a folder of photos for each person. */

import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import { samplePhotoSizes, samplesFolder, type SampleFace } from './sample-faces.ts';

/** Writes a folder for each person, with a photo of every face and its mirror image: the same person. */
export async function writeSamplePeople(folder: string, faces: readonly SampleFace[]): Promise<void> {
  const written = new Map<number, number>();
  for (const { photo, person, box } of faces) {
    const personFolder = path.join(folder, `person ${person}`);
    await mkdir(personFolder, { recursive: true });
    const number = written.get(person) ?? 0;
    written.set(person, number + 2);
    const cut = sharp(path.join(samplesFolder, photo)).extract(squareAround(box, samplePhotoSizes.get(photo)!));
    await cut.clone().jpeg().toFile(path.join(personFolder, `${number + 1}.jpg`));
    await cut.clone().flop().jpeg().toFile(path.join(personFolder, `${number + 2}.jpg`));
  }
}

/** @returns twice the face's size, and inside the photo */
function squareAround(box: SampleFace['box'], photo: { width: number; height: number }) {
  const side = Math.min(Math.round(Math.max(box.width, box.height) * 2), photo.width, photo.height);
  const place = (middle: number, most: number): number => Math.min(most - side, Math.max(0, Math.round(middle - side / 2)));
  return { left: place(box.x + box.width / 2, photo.width), top: place(box.y + box.height / 2, photo.height), width: side, height: side };
}
