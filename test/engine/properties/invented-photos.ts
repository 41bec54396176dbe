/** Photos of invented people as two packs see them, for libraries that live through random sequences of actions. */

import type { CaptureTime } from '../../../electron/api/schemas.ts';
import { createRandom, type Random } from '../../../electron/base/random.ts';
import type { NewPhoto } from '../../../electron/database/library-database.ts';
import type { AnalyzedFace, SettledFace, UndetectedFace } from '../../../electron/terms/analyzed-photo.ts';
import { matchBoxes } from '../../../electron/geometry/match-boxes.ts';
import { drawAround, drawDirection } from '../../clustering/synthetic-library.ts';
import { hashOf, makeLocation } from '../../database/library-fixture.ts';

/** Few numbers, so that strangers come close now and then: what is computed shall be wrong at times. */
export const embeddingLength = 16;
export const packNames = ['one', 'other'] as const;
export type PackIndex = 0 | 1;

interface InventedFace extends Pick<AnalyzedFace, 'box' | 'quality'> {
  /** By pack. */
  readonly embeddings: readonly [Float32Array, Float32Array];
  /** By pack: whether it finds the face. */
  readonly isSeen: readonly [boolean, boolean];
}

export interface InventedPhoto {
  readonly name: string;
  readonly folder: string;
  readonly captureTime: CaptureTime | null;
  readonly faces: readonly InventedFace[];
}

const folders = ['spring', 'summer', 'winter'];
const identities = 30;
/** Average cosine similarity of two faces of one person. */
const similarity = 0.8;

export class PhotoInventor {
  readonly #directions: readonly (readonly Float32Array[])[];

  constructor(seed: number) {
    const random = createRandom(seed);
    this.#directions = packNames.map(() => Array.from({ length: identities }, () => drawDirection(random, embeddingLength)));
  }

  /** @param name decides the content, and so where its faces stand in a clustering's input */
  invent(name: string, random: Random): InventedPhoto {
    const faceCount = random() < 0.4 ? 1 : 2 + Math.floor(random() * 4);
    return {
      name,
      folder: folders[Math.floor(random() * folders.length)]!,
      captureTime: inventCaptureTime(random),
      faces: Array.from({ length: faceCount }, (_, place) => this.#inventFace(place, random)),
    };
  }

  #inventFace(place: number, random: Random): InventedFace {
    // Some people are in many photos, most in few.
    const identity = Math.floor(identities * random() ** 2);
    const [one, other] = this.#directions.map((ofPack) => drawAround(ofPack[identity]!, similarity, random));
    return {
      box: { x: place * 100, y: 10, width: 60, height: 80 },
      quality: random() < 0.15 ? random() * 0.2 : 0.2 + random() * 0.8,
      embeddings: [one!, other!],
      isSeen: [true, random() < 0.9],
    };
  }
}

function inventCaptureTime(random: Random): CaptureTime | null {
  if (random() < 0.2) return null;
  const year = 1960 + Math.floor(random() * 60);
  return { local: `${year}-06-15T12:00:00`, offsetMinutes: null, source: random() < 0.8 ? 'exif' : 'file' };
}

/** @param missed places of faces that this look at the photo does not find
 *  @param settled what the library holds on to, seen or not */
export function lookAt(
  photo: InventedPhoto,
  pack: PackIndex,
  { missed = new Set(), settled = [] }: { missed?: ReadonlySet<number>; settled?: readonly SettledFace[] } = {},
): NewPhoto {
  const seen = photo.faces.filter((face, place) => face.isSeen[pack] && !missed.has(place));
  const matches = matchBoxes(seen.map((face) => face.box), settled.map((face) => face.box));
  const undetected = settled.flatMap((face, index): UndetectedFace[] => {
    const [place] = matchBoxes([face.box], photo.faces.map(({ box }) => box));
    if (matches.includes(index) || typeof place !== 'number') return [];
    return [{ id: face.id, embedding: photo.faces[place]!.embeddings[pack] }];
  });
  return {
    contentHash: hashOf(photo.name),
    byteSize: 1000,
    format: 'jpeg',
    width: 4000,
    height: 3000,
    captureTime: photo.captureTime,
    location: makeLocation(`${photo.folder}/${photo.name}.jpg`),
    faces: seen.map(({ box, quality, embeddings }) => ({
      box,
      score: 0.9,
      quality,
      landmarks: new Float32Array(136),
      embedding: embeddings[pack],
    })),
    undetected,
  };
}
