/** Photos in a folder per person, and what Kindred found in them: the ground on which clusterings are measured. */

import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { createRandom } from '../../electron/base/random.ts';

/** The part of Labeled Faces in the Wild that lies beside a checkout; someone who clones Kindred does not have it. */
export const lfwFolder = fileURLToPath(new URL('../../../shared/faces/lfw-dev', import.meta.url));

export interface LabeledPhoto {
  readonly path: string;
  readonly person: string;
}

/** A line of `kindred faces`, as far as it matters here. */
export interface FoundFace {
  readonly id: string;
  readonly photo: string;
  readonly box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number } | null;
  readonly score: number | null;
  readonly quality: number | null;
  readonly person: string | null;
  readonly embedding?: readonly number[];
}

/** @returns photos by person and name */
export async function listLabeledPhotos(folder: string): Promise<LabeledPhoto[]> {
  const photos: LabeledPhoto[] = [];
  const people = await readdir(folder, { withFileTypes: true });
  for (const { name: person } of people.filter((entry) => entry.isDirectory()).sort(byName)) {
    const files = await readdir(path.join(folder, person), { withFileTypes: true });
    for (const { name } of files.filter((entry) => /\.jpe?g$/i.test(entry.name)).sort(byName)) {
      photos.push({ path: path.join(folder, person, name), person });
    }
  }
  return photos;
}

/** @returns the photos of `count` people with two to six photos each, the same for the same seed */
export function drawPeople(photos: readonly LabeledPhoto[], count: number, seed: number): LabeledPhoto[] {
  const byPerson = new Map<string, LabeledPhoto[]>();
  for (const photo of photos) byPerson.set(photo.person, [...(byPerson.get(photo.person) ?? []), photo]);
  const random = createRandom(seed);
  const eligible = [...byPerson]
    .filter(([, own]) => own.length >= 2 && own.length <= 6)
    .map(([person]) => ({ person, rank: random() }))
    .sort((one, other) => one.rank - other.rank);
  if (eligible.length < count) throw new Error(`Expected ${count} people with two to six photos but received ${eligible.length}`);
  const drawn = new Set(eligible.slice(0, count).map(({ person }) => person));
  return photos.filter(({ person }) => drawn.has(person));
}

/** @param file JSON Lines as `kindred faces` prints them */
export async function readFoundFaces(file: string): Promise<FoundFace[]> {
  const faces: FoundFace[] = [];
  for await (const line of createInterface({ input: createReadStream(file) })) {
    if (line.trim() !== '') faces.push(JSON.parse(line) as FoundFace);
  }
  return faces;
}

/**
 * Finds the main face of each photo: a box that holds the photo's centre and takes 25 to 80 % of its width; of several
 * the one whose middle is nearest.
 * @returns by photo, null where it was missed
 */
export async function findMainFaces(
  photos: readonly LabeledPhoto[],
  faces: readonly FoundFace[],
): Promise<Map<LabeledPhoto, FoundFace | null>> {
  const byPhoto = new Map<string, FoundFace[]>();
  for (const face of faces) byPhoto.set(face.photo, [...(byPhoto.get(face.photo) ?? []), face]);
  const found = new Map<LabeledPhoto, FoundFace | null>();
  for (const photo of photos) {
    const { width, height } = await sharp(photo.path).metadata();
    const candidates = (byPhoto.get(photo.path) ?? [])
      .flatMap((face) => (face.box === null ? [] : [{ face, box: face.box }]))
      .filter(({ box }) => box.x <= width / 2 && box.x + box.width >= width / 2)
      .filter(({ box }) => box.y <= height / 2 && box.y + box.height >= height / 2)
      .filter(({ box }) => box.width >= 0.25 * width && box.width <= 0.8 * width)
      .map(({ face, box }) => ({
        face,
        distance: Math.hypot(box.x + box.width / 2 - width / 2, box.y + box.height / 2 - height / 2),
      }))
      .sort((one, other) => one.distance - other.distance);
    found.set(photo, candidates[0]?.face ?? null);
  }
  return found;
}

function byName(one: { name: string }, other: { name: string }): number {
  return one.name < other.name ? -1 : 1;
}
