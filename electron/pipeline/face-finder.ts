/** What the pipeline asks to find faces in a decoded photo, and what to show the embedder of each: the pack's networks, or whoever
 *  is put in their place. */

import type { Template } from '../../native-models/packs/manifest.ts';
import type { DecodedPhoto } from '../imaging/decode.ts';
import type { SampledImage } from '../imaging/pixels.ts';
import { detectFaces, glanceAtPhoto, type DetectionOptions } from './detect.ts';
import { planDetection, type Size } from './detection-plan.ts';
import type { Detection } from './merge-detections.ts';
import type { PlacedDetector } from './run-detector.ts';

export interface FaceFinder {
  /** @param photo upright pixels
   *  @returns the largest size that the photo is searched at: it is decoded with as many pixels, or more */
  chooseSize(photo: Size, options: DetectionOptions): Size;
  /** @returns upright photo pixels; boxes may reach beyond the photo */
  find(photo: DecodedPhoto, options: DetectionOptions): Promise<Detection[]>;
  /** What the whole photo shows at first sight, for choosing between turned ones; null where that cannot be told: then photos
   *  are not looked at in other positions. */
  readonly glance: ((photo: DecodedPhoto, options: DetectionOptions) => Promise<Detection[]>) | null;
}

export interface ChipSource {
  readonly photo: DecodedPhoto;
  /** [68, 2] or [5, 2], upright photo pixels. */
  readonly landmarks: Float32Array;
  readonly template: Template;
}

/** @param chip of the face as the photo shows it, turned and scaled alone; its quality is rated by it either way
 *  @returns what the embedder sees */
export type ChipCutter = (chip: SampledImage, source: ChipSource) => SampledImage;

export function createNetworkFinder(detector: PlacedDetector): FaceFinder {
  return {
    chooseSize: (photo, options) => planDetection(photo, detector.manifest, options).at(-1)!.size,
    find: (photo, options) => detectFaces(detector, photo, options),
    glance: (photo, options) => glanceAtPhoto(detector, photo, options),
  };
}

export const cutPlainChip: ChipCutter = (chip) => chip;
