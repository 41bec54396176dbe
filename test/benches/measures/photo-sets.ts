/** Makes the folders of photos that imports are measured on. */

import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { createRandom, type Random } from '../../../electron/base/random.ts';
import { listLabeledPhotos } from '../../../native-models/lab/evaluation/people-folder.ts';
import { lfwFolder } from '../../studies/labeled-faces.ts';
import { readSample, sampleNumbers } from '../../support/photos.ts';
import { dealOut } from './deal-out.ts';

export const photoSets = ['samples', 'lfw'] as const;
export type PhotoSet = (typeof photoSets)[number];

export const setNames: Readonly<Record<PhotoSet, string>> = {
  samples: 'samples at 12 megapixels',
  lfw: 'Labeled Faces in the Wild (250 x 250)',
};

const megapixels = 12;
const blockPx = 16;

/** Makes a folder of photos for as long as `measure` runs; says so where the photos are not here. */
export async function withPhotos(
  set: PhotoSet,
  { count, seed }: { count: number; seed: number },
  measure: (folder: string, files: readonly string[]) => Promise<void>,
): Promise<void> {
  if (set === 'lfw' && !existsSync(lfwFolder)) {
    console.log(`skipped: ${setNames[set]} (no ../shared)`);
    return;
  }
  const folder = await mkdtemp(path.join(tmpdir(), 'kindred-bench-photos-'));
  try {
    const make = set === 'samples' ? writeLargeSamples : copyLfwPhotos;
    await measure(folder, await make(folder, count, seed));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** How a photo differs from the sample that it is made of. */
export interface SampleChange {
  /** Shares of the sample's width and height that are cut off at the left and the top, and kept. */
  readonly left: number;
  readonly top: number;
  readonly kept: number;
  readonly brightness: number;
  readonly isMirrored: boolean;
}

/** @returns small changes, so that nobody is lost but every file is another photo; the first is none */
export function drawSampleChange(random: Random, round: number): SampleChange {
  if (round === 0) return { left: 0, top: 0, kept: 1, brightness: 1, isMirrored: false };
  const kept = 0.96 + 0.04 * random();
  return {
    left: (1 - kept) * random(),
    top: (1 - kept) * random(),
    kept,
    brightness: 0.9 + 0.2 * random(),
    isMirrored: round % 2 === 1,
  };
}

/** The size that keeps the shape and has 12 megapixels; whole blocks of a JPEG, as cameras have, so that a decoder can
 *  shrink it evenly. */
export function sizeOfMegapixels(width: number, height: number): { width: number; height: number } {
  const scale = Math.sqrt((megapixels * 1e6) / (width * height));
  const roundToBlocks = (pixels: number): number => Math.round(pixels / blockPx) * blockPx;
  return { width: roundToBlocks(width * scale), height: roundToBlocks(height * scale) };
}

/** Writes the six samples scaled to 12 megapixels, and small changes of them, as JPEG of quality 90.
 *  @returns their paths */
export async function writeLargeSamples(folder: string, count: number, seed: number): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  const samples = await Promise.all(sampleNumbers.map(readSample));
  const random = createRandom(seed);
  const photos = Array.from({ length: count }, (_, index) => {
    const round = Math.floor(index / samples.length);
    const number = index % samples.length;
    const name = `sample${sampleNumbers[number]!}-${String(round).padStart(3, '0')}.jpg`;
    return { sample: samples[number]!, file: path.join(folder, name), change: drawSampleChange(random, round) };
  });
  await dealOut(photos, [1, 2], ({ sample, file, change }) => writeLargeSample(sample, file, change));
  return photos.map(({ file }) => file);
}

async function writeLargeSample(sample: Buffer, file: string, change: SampleChange): Promise<void> {
  const { width, height } = await sharp(sample).metadata();
  const part = {
    left: Math.floor(change.left * width),
    top: Math.floor(change.top * height),
    width: Math.floor(change.kept * width),
    height: Math.floor(change.kept * height),
  };
  const size = sizeOfMegapixels(part.width, part.height);
  let photo = sharp(sample).extract(part).resize(size.width, size.height, { fit: 'fill' });
  if (change.brightness !== 1) photo = photo.modulate({ brightness: change.brightness });
  if (change.isMirrored) photo = photo.flop();
  await photo.jpeg({ quality: 90 }).toFile(file);
}

/** Copies a draw of Labeled Faces in the Wild, a folder per person; the same seed draws the same photos.
 *  @returns their paths */
export async function copyLfwPhotos(folder: string, count: number, seed: number): Promise<string[]> {
  const all = (await listLabeledPhotos(lfwFolder)).map(({ path: file }) => file);
  if (all.length < count) throw new Error(`Expected ${count} photos of Labeled Faces in the Wild but there are ${all.length}`);
  const drawn = drawSome(all, count, createRandom(seed));
  const copied: string[] = [];
  for (const file of drawn) {
    const copy = path.join(folder, path.relative(lfwFolder, file));
    await mkdir(path.dirname(copy), { recursive: true });
    await copyFile(file, copy);
    copied.push(copy);
  }
  return copied;
}

/** @returns `count` of them, in their order */
export function drawSome<Value>(values: readonly Value[], count: number, random: Random): Value[] {
  const ranked = values.map((value, index) => ({ value, index, rank: random() }));
  const drawn = ranked.sort((one, other) => one.rank - other.rank).slice(0, count);
  return drawn.sort((one, other) => one.index - other.index).map(({ value }) => value);
}
