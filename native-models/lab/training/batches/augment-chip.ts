/** Shows a chip a little differently every time: mirrored, moved, scaled, brighter, grey, blurred, compressed. */

import type { Random } from '../../../../electron/base/random.ts';
import { composeAffine } from '../../../../electron/geometry/affine.ts';
import type { AffineMatrix } from '../../../../electron/geometry/types.ts';
import { roundPixels, samplePixels, type PixelImage } from '../../../../electron/imaging/pixels.ts';
import { blurPixels, compressPixels } from '../../spoiled-photos/spoil-pixels.ts';
import type { ChipShape } from '../chips/chip-shape.ts';
import { chipToKept, type TrainingChip } from '../chips/training-chip.ts';

export interface Augmentation {
  readonly isMirrored: boolean;
  /** Of the shorter side, to each side. */
  readonly shift: number;
  /** Of the size, larger or smaller. */
  readonly scale: number;
  /** Of 255, added or taken away. */
  readonly brightness: number;
  /** Of the distance from mid-grey. */
  readonly contrast: number;
  /** Shares of the chips, 0 to 1. */
  readonly greyShare: number;
  readonly blurShare: number;
  readonly jpegShare: number;
  readonly lowResolutionShare: number;
}

export const noAugmentation: Augmentation = {
  isMirrored: false,
  shift: 0,
  scale: 0,
  brightness: 0,
  contrast: 0,
  greyShare: 0,
  blurShare: 0,
  jpegShare: 0,
  lowResolutionShare: 0,
};

/** What every photo may have been, without making it worse. */
export const lightAugmentation: Augmentation = {
  ...noAugmentation,
  isMirrored: true,
  shift: 0.04,
  scale: 0.06,
  brightness: 0.12,
  contrast: 0.2,
  greyShare: 0.1,
};

/** And what messengers, scans and distance do to it. */
export const strongAugmentation: Augmentation = { ...lightAugmentation, blurShare: 0.15, jpegShare: 0.2, lowResolutionShare: 0.2 };

const blurSigmaPx = [0.5, 2] as const;
const jpegQuality = [15, 80] as const;
/** Of the pixels along a side that are left. */
const lowResolution = [0.25, 0.7] as const;

/** @returns [height, width, 3] of the shape, 0 to 255 */
export async function augmentChip(
  chip: Pick<TrainingChip, 'image' | 'scale'>,
  shape: ChipShape,
  augmentation: Augmentation,
  random: Random,
): Promise<Float32Array> {
  const drawn = drawChange(augmentation, random);
  const image = await spoil(chip.image, drawn);
  const { width, height } = shape;
  const factor = 1 / drawn.scale;
  const mirror = drawn.isMirrored ? -1 : 1;
  const shiftPx = [drawn.shiftX * Math.min(width, height), drawn.shiftY * Math.min(width, height)] as const;
  const aroundMiddle: AffineMatrix = [
    mirror * factor,
    0,
    width / 2 - (mirror * factor * width) / 2 + shiftPx[0],
    0,
    factor,
    height / 2 - (factor * height) / 2 + shiftPx[1],
  ];
  const { data } = samplePixels(image, composeAffine(chipToKept(shape, chip.scale), aroundMiddle), { width, height });
  return changeColours(data, drawn);
}

interface DrawnChange {
  readonly isMirrored: boolean;
  readonly shiftX: number;
  readonly shiftY: number;
  readonly scale: number;
  readonly brightness: number;
  readonly contrast: number;
  readonly isGrey: boolean;
  /** Null for none. */
  readonly blurPx: number | null;
  readonly quality: number | null;
  readonly resolution: number | null;
}

/** Draws everything whatever is used, so that options do not change what the others draw. */
function drawChange(augmentation: Augmentation, random: Random): DrawnChange {
  const around = (reach: number): number => (2 * random() - 1) * reach;
  const within = ([lowest, highest]: readonly [number, number]): number => lowest + random() * (highest - lowest);
  const maybe = (share: number, range: readonly [number, number]): number | null => {
    const isDrawn = random() < share;
    const value = within(range);
    return isDrawn ? value : null;
  };
  return {
    isMirrored: random() < 0.5 && augmentation.isMirrored,
    shiftX: around(augmentation.shift),
    shiftY: around(augmentation.shift),
    scale: 1 + around(augmentation.scale),
    brightness: 255 * around(augmentation.brightness),
    contrast: 1 + around(augmentation.contrast),
    isGrey: random() < augmentation.greyShare,
    blurPx: maybe(augmentation.blurShare, blurSigmaPx),
    quality: maybe(augmentation.jpegShare, jpegQuality),
    resolution: maybe(augmentation.lowResolutionShare, lowResolution),
  };
}

async function spoil(image: PixelImage, { blurPx, quality, resolution }: DrawnChange): Promise<PixelImage> {
  let spoilt = image;
  if (resolution !== null) {
    const width = Math.max(1, Math.round(image.width * resolution));
    const height = Math.max(1, Math.round(image.height * resolution));
    const small = roundPixels(samplePixels(spoilt, [image.width / width, 0, 0, 0, image.height / height, 0], { width, height }));
    spoilt = roundPixels(samplePixels(small, [width / image.width, 0, 0, 0, height / image.height, 0], image));
  }
  if (blurPx !== null) spoilt = await blurPixels(spoilt, blurPx);
  return quality === null ? spoilt : compressPixels(spoilt, Math.round(quality));
}

/** Changes `pixels`, which are nobody else's. */
function changeColours(pixels: Float32Array, { brightness, contrast, isGrey }: DrawnChange): Float32Array {
  if (isGrey) {
    for (let at = 0; at < pixels.length; at += 3) {
      pixels.fill(0.299 * pixels[at]! + 0.587 * pixels[at + 1]! + 0.114 * pixels[at + 2]!, at, at + 3);
    }
  }
  if (brightness === 0 && contrast === 1) return pixels;
  for (let at = 0; at < pixels.length; at++) {
    pixels[at] = Math.min(255, Math.max(0, (pixels[at]! - 127.5) * contrast + 127.5 + brightness));
  }
  return pixels;
}
