/** Photos whose face is made hard to recognise, in ways that real photos are. */

import sharp, { type OverlayOptions, type Sharp } from 'sharp';
import type { Random } from '../../electron/base/random.ts';
import type { Box } from '../../electron/geometry/types.ts';

export const spoilings = [
  'blurred',
  'small',
  'enlarged',
  'dark',
  'overexposed',
  'mouth-covered',
  'eyes-covered',
  'side-covered',
  'compressed',
  'noisy',
] as const;
export type SpoilingName = (typeof spoilings)[number];

export interface SpoilOptions {
  readonly face: {
    /** Photo pixels. */
    readonly box: Box;
    /** [68, 2], photo pixels. */
    readonly landmarks: Float32Array;
  };
  /** 0 to 1: from hardly to badly. */
  readonly strength: number;
  readonly random: Random;
}

/** @param bytes of an upright photo
 *  @returns the spoiled photo as PNG, so that nothing else changes it */
export async function spoil(bytes: Uint8Array, spoiling: SpoilingName, options: SpoilOptions): Promise<Buffer> {
  const photo = sharp(bytes);
  const { width, height } = await photo.metadata();
  const { face, strength, random } = options;
  const side = Math.max(face.box.width, face.box.height);
  // The face ends up 60 to 18 px wide.
  const shrink = (60 - 42 * strength) / side;
  const shrunk = (): Sharp => photo.resize(Math.round(width * shrink), Math.round(height * shrink), { fit: 'fill' });
  switch (spoiling) {
    case 'blurred':
      return photo.blur(side * (0.008 + 0.042 * strength)).png().toBuffer();
    case 'small':
      return shrunk().png().toBuffer();
    case 'enlarged':
      return sharp(await shrunk().png().toBuffer()).resize(width, height, { fit: 'fill', kernel: 'cubic' }).png().toBuffer();
    case 'dark':
      // To eight bits between, as a camera would: what is black then stays so.
      return photo.linear(0.35 - 0.32 * strength, 0).png().toBuffer();
    case 'overexposed':
      return photo.linear(1.5 + 2.5 * strength, 60 * strength).png().toBuffer();
    case 'compressed':
      return sharp(await photo.jpeg({ quality: Math.round(25 - 21 * strength) }).toBuffer()).png().toBuffer();
    case 'noisy':
      return addNoise(bytes, 8 + 52 * strength, random);
    case 'mouth-covered':
    case 'eyes-covered':
    case 'side-covered':
      return photo.composite([await createCover(bytes, placeCover(spoiling, options), random)]).png().toBuffer();
  }
}

/** @returns photo pixels: from around the landmarks that are hidden to a good part of the face */
function placeCover(spoiling: SpoilingName, { face, strength, random }: SpoilOptions): Box {
  const at = (index: number): [number, number] => [face.landmarks[index * 2]!, face.landmarks[index * 2 + 1]!];
  const [leftJaw, rightJaw, chin, noseBridge, noseBase] = [at(0), at(16), at(8), at(27), at(33)];
  const width = Math.abs(rightJaw[0] - leftJaw[0]);
  const height = Math.abs(chin[1] - noseBridge[1]);
  const centre = (leftJaw[0] + rightJaw[0]) / 2;
  const share = 0.6 + 0.4 * strength;
  if (spoiling === 'mouth-covered') {
    // From above the upper lip, or from the bridge of the nose as a mask does.
    const top = noseBase[1] + height * (0.12 - 0.45 * strength);
    return { x: centre - (width * share) / 2, y: top, width: width * share, height: chin[1] + height * 0.1 - top };
  }
  if (spoiling === 'eyes-covered') {
    const tall = height * (0.3 + 0.3 * strength);
    return { x: centre - (width * share) / 2, y: noseBridge[1] - tall / 2, width: width * share, height: tall };
  }
  const wide = width * (0.25 + 0.35 * strength);
  const x = random() < 0.5 ? leftJaw[0] : rightJaw[0] - wide;
  return { x, y: noseBridge[1] - height * 0.5, width: wide, height: height * 1.6 };
}

/** A cover of one colour, or of a piece of the photo's border, as hands, scarves and other heads have texture. */
async function createCover(bytes: Uint8Array, box: Box, random: Random): Promise<OverlayOptions> {
  const { width, height } = await sharp(bytes).metadata();
  const left = Math.max(0, Math.min(width - 4, Math.round(box.x)));
  const top = Math.max(0, Math.min(height - 4, Math.round(box.y)));
  const size = {
    width: Math.max(3, Math.min(width - left, Math.round(box.width))),
    height: Math.max(3, Math.min(height - top, Math.round(box.height))),
  };
  const isPlain = random() < 0.5;
  const [red, green, blue] = [random(), random(), random()].map((share) => Math.round(share * 255));
  const [x, y] = [random() < 0.5 ? 0 : width - size.width, random() < 0.5 ? 0 : height - size.height];
  const input = isPlain
    ? await sharp({ create: { ...size, channels: 3, background: { r: red!, g: green!, b: blue! } } }).png().toBuffer()
    : await sharp(bytes).extract({ left: x, top: y, ...size }).png().toBuffer();
  return { input, left, top };
}

async function addNoise(bytes: Uint8Array, deviation: number, random: Random): Promise<Buffer> {
  const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true });
  // The sum of four even draws is close enough to a normal one.
  const noisy = data.map((value) => {
    const draw = (random() + random() + random() + random() - 2) * Math.sqrt(3);
    return Math.max(0, Math.min(255, Math.round(value + draw * deviation)));
  });
  const { width, height, channels } = info;
  return sharp(noisy, { raw: { width, height, channels } }).png().toBuffer();
}
