/** Draws the square that stands for a face: cut out of the decoded photo, with what is beyond the photo blurred away and
 *  other people dimmed. */

import sharp from 'sharp';
import { applyAffineToBox } from '../geometry/affine.ts';
import type { FaceSquare } from '../geometry/face-square.ts';
import type { AffineMatrix, Box } from '../geometry/types.ts';
import { samplePhoto, type DecodedPhoto } from './decode.ts';
import { roundPixels, type PixelImage, type SampledImage } from './pixels.ts';

/** The photo's last pixels are smeared by so much of the square's side where the square reaches beyond the photo, … */
const paddingBlur = 0.06;
/** … over so much of it until nothing but colour is left, … */
const paddingReach = 0.04;
/** … and so much of the colour gives way to grey. */
const paddingFade = 0.35;
/** Radii of the oval that stays as it is, over half of a face's box: brow to chin, and the hair around. */
const ovalGrowth = 1.15;
/** So much further out, or nearer to somebody else's oval, dimming is complete. */
const ovalSoftness = 0.3;
/** Up to here, in radii, the face stays as it is even where another one's box lies over it. */
const ovalCore = 0.7;
/** Shares of colour and of brightness that are taken from what is dimmed. */
const dimmedColour = 0.8;
const dimmedLight = 0.55;
/** What fades does so towards this: neither bright beside a dark window nor dark beside a bright one. */
const neutralGrey = 128;

/** @param photo of which at least the square's part is decoded
 *  @returns the square at the given side, in sRGB */
export async function drawFaceSquare(photo: DecodedPhoto, { square, face, others }: FaceSquare, sizePx: number): Promise<PixelImage> {
  const scale = sizePx / square.width;
  const photoToSquare: AffineMatrix = [scale, 0, -square.x * scale, 0, scale, -square.y * scale];
  const place = (box: Box): Box => applyAffineToBox(photoToSquare, box);
  const picture = samplePhoto(photo, photoToSquare, { width: sizePx, height: sizePx });
  if (others.length > 0) dimOthers(picture, place(face), others.map(place));
  return padBeyond(roundPixels(picture), place({ x: 0, y: 0, width: photo.header.width, height: photo.header.height }));
}

/** Takes colour and light from everything but an oval around the face, and from what of it is nearer to another face;
 *  changes `picture`.
 *  @param face pixels of the picture, as are `others` */
function dimOthers({ width, height, data }: SampledImage, face: Box, others: readonly Box[]): void {
  const readDistance = measureFromOval(face);
  const readOthers = others.map(measureFromOval);
  for (let row = 0, at = 0; row < height; row++) {
    for (let column = 0; column < width; column++, at += 3) {
      const distance = readDistance(column + 0.5, row + 0.5);
      if (distance <= ovalCore) continue;
      const nearest = readOthers.reduce((least, read) => Math.min(least, read(column + 0.5, row + 0.5)), 1);
      const share = rampUp((distance - nearest) / ovalSoftness);
      const grey = 0.299 * data[at]! + 0.587 * data[at + 1]! + 0.114 * data[at + 2]!;
      for (let channel = 0; channel < 3; channel++) {
        const value = data[at + channel]!;
        const faded = value + (grey - value) * dimmedColour;
        data[at + channel] = value + (faded + (neutralGrey - faded) * dimmedLight - value) * share;
      }
    }
  }
}

/** @returns how far a point lies from the middle of a face, in radii of its oval */
function measureFromOval(face: Box): (x: number, y: number) => number {
  const centreX = face.x + face.width / 2;
  const centreY = face.y + face.height / 2;
  const radiusX = (face.width / 2) * ovalGrowth;
  const radiusY = (face.height / 2) * ovalGrowth;
  return (x, y) => Math.hypot((x - centreX) / radiusX, (y - centreY) / radiusY);
}

/** @param shown the photo, in pixels of the picture */
async function padBeyond(picture: PixelImage, shown: Box): Promise<PixelImage> {
  const { width, height, data } = picture;
  if (shown.x <= 0 && shown.y <= 0 && shown.x + shown.width >= width && shown.y + shown.height >= height) return picture;
  const raw = { width, height, channels: 3 } as const;
  const blurred = await sharp(data, { raw }).blur(Math.max(0.5, width * paddingBlur)).raw().toBuffer();
  const padded = Uint8Array.from(data);
  for (let row = 0, at = 0; row < height; row++) {
    const beyondY = Math.max(shown.y - row - 0.5, row + 0.5 - shown.y - shown.height, 0);
    for (let column = 0; column < width; column++, at += 3) {
      const beyondX = Math.max(shown.x - column - 0.5, column + 0.5 - shown.x - shown.width, 0);
      if (beyondX === 0 && beyondY === 0) continue;
      const share = rampUp(Math.hypot(beyondX, beyondY) / (width * paddingReach));
      for (let channel = 0; channel < 3; channel++) {
        const smeared = data[at + channel]! + (blurred[at + channel]! - data[at + channel]!) * share;
        padded[at + channel] = smeared + (neutralGrey - smeared) * paddingFade * share;
      }
    }
  }
  return { width, height, data: padded };
}

/** @returns 0 up to 0, 1 from 1 on, smooth between */
function rampUp(value: number): number {
  const clamped = Math.min(1, Math.max(0, value));
  return clamped * clamped * (3 - 2 * clamped);
}
