/** The faces of the six sample photos as the standard pack's detector found them, for engines that are not real. */

import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import path from 'node:path';

export interface SampleFace {
  readonly photo: string;
  /** Equal for faces of the same person. */
  readonly person: number;
  /** Upright photo pixels. */
  readonly box: { x: number; y: number; width: number; height: number };
  readonly score: number;
  /** Five points, upright photo pixels. */
  readonly landmarks: [number, number][];
}

/** Upright pixels. */
export const samplePhotoSizes: ReadonlyMap<string, { width: number; height: number }> = new Map([
  ['sample1.jpg', { width: 1920, height: 1280 }],
  ['sample2.jpg', { width: 1920, height: 1367 }],
  ['sample3.jpg', { width: 1920, height: 1350 }],
  ['sample4.jpg', { width: 1920, height: 1448 }],
  ['sample5.jpg', { width: 1920, height: 1398 }],
  ['sample6.jpg', { width: 1920, height: 1537 }],
]);

/** The folder of the sample photos inside @vladmandic/face-api. */
export const samplesFolder = path.join(
  path.dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json')),
  'demo',
);

export function readSampleFaces(): SampleFace[] {
  const file = new URL('../fixtures/sample-faces.json', import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')) as SampleFace[];
}
