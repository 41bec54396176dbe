/** Photos in a folder per person, and what Kindred found in them: the ground on which clusterings are measured. */

import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { createRandom } from '../../electron/base/random.ts';
import { pickMainFace } from '../../native-models/lab/evaluation/main-face.ts';
import type { LabeledPhoto } from '../../native-models/lab/evaluation/people-folder.ts';

/** The part of Labeled Faces in the Wild that lies beside a checkout; someone who clones Kindred does not have it. */
export const lfwFolder = fileURLToPath(new URL('../../../shared/faces/lfw-dev', import.meta.url));

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

/** @returns the main face of each photo, null where it was missed */
export async function findMainFaces(
  photos: readonly LabeledPhoto[],
  faces: readonly FoundFace[],
): Promise<Map<LabeledPhoto, FoundFace | null>> {
  const byPhoto = new Map<string, FoundFace[]>();
  for (const face of faces) byPhoto.set(face.photo, [...(byPhoto.get(face.photo) ?? []), face]);
  const found = new Map<LabeledPhoto, FoundFace | null>();
  for (const photo of photos) {
    const boxed = (byPhoto.get(photo.path) ?? []).flatMap((face) => (face.box === null ? [] : [{ face, box: face.box }]));
    found.set(photo, pickMainFace(boxed, await sharp(photo.path).metadata())?.face ?? null);
  }
  return found;
}
