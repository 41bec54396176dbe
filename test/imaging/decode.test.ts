import { beforeAll, describe, expect, it } from 'vitest';
import sharp, { type Sharp } from 'sharp';
import { analysisDefaults } from '../../electron/engine/config.ts';
import {
  decodePart,
  decodePhoto,
  readImageHeader,
  renderUpright,
  scalePixels,
  warpPhoto,
} from '../../electron/imaging/decode.ts';
import type { PixelImage } from '../../electron/imaging/pixels.ts';
import { forgePngHeader, readSample, storeOriented, type ExifOrientation } from '../support/photos.ts';

const limits = analysisDefaults;
const orientations = [1, 2, 3, 4, 5, 6, 7, 8] as const satisfies readonly ExifOrientation[];

/** 64x48: red grows to the right, green downwards, blue stays. */
function createRamp(width = 64, height = 48): PixelImage {
  const data = new Uint8Array(width * height * 3);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      data.set([(column * 255) / (width - 1), (row * 255) / (height - 1), 90], (row * width + column) * 3);
    }
  }
  return { width, height, data };
}
const ramp = createRamp();
const open = (image: PixelImage): Sharp =>
  sharp(image.data, { raw: { width: image.width, height: image.height, channels: 3 } });

async function decodeUpright(bytes: Uint8Array): Promise<PixelImage> {
  const header = await readImageHeader(bytes, limits);
  const photo = await decodePhoto(bytes, header, limits);
  return renderUpright(photo, { width: header.width, height: header.height });
}

function largestDifference(first: PixelImage, second: PixelImage): number {
  expect([first.width, first.height]).toEqual([second.width, second.height]);
  return first.data.reduce((largest, value, index) => Math.max(largest, Math.abs(value - second.data[index]!)), 0);
}

describe('decoding', () => {
  it.each(orientations)('shows orientation %i upright', async (orientation) => {
    const stored = await storeOriented(await open(ramp).png().toBuffer(), orientation);
    const header = await readImageHeader(stored, limits);
    expect(header).toMatchObject({ width: 64, height: 48, orientation, format: 'jpeg' });
    expect(largestDifference(await decodeUpright(stored), ramp)).toBeLessThan(12);
  });

  it.each(orientations)('cuts the same part out of orientation %i', async (orientation) => {
    const stored = await storeOriented(await open(ramp).png().toBuffer(), orientation);
    const photo = await decodePhoto(stored, await readImageHeader(stored, limits), limits);
    const part = warpPhoto(photo, [1, 0, -20, 0, 1, -10], { width: 30, height: 20 });
    const [red, green] = part.data.subarray((5 * 30 + 8) * 3);
    expect(red).toBeGreaterThan((28 * 255) / 63 - 10);
    expect(red).toBeLessThan((28 * 255) / 63 + 10);
    expect(green).toBeGreaterThan((15 * 255) / 47 - 10);
    expect(green).toBeLessThan((15 * 255) / 47 + 10);
  });

  it.each([
    ['PNG', 'png', (image: Sharp) => image.png()],
    ['lossless WebP', 'webp', (image: Sharp) => image.webp({ lossless: true })],
    ['AVIF', 'avif', (image: Sharp) => image.avif({ quality: 95, chromaSubsampling: '4:4:4' })],
    ['TIFF', 'tiff', (image: Sharp) => image.tiff({ compression: 'lzw' })],
    ['JPEG', 'jpeg', (image: Sharp) => image.jpeg({ quality: 98, chromaSubsampling: '4:4:4' })],
    ['16-bit PNG', 'png', (image: Sharp) => image.toColourspace('rgb16').png()],
    ['opaque PNG with alpha', 'png', (image: Sharp) => image.ensureAlpha(1).png()],
  ] as const)('reads %s to the same pixels', async (_, format, encode) => {
    const bytes = await encode(open(ramp)).toBuffer();
    expect((await readImageHeader(bytes, limits)).format).toBe(format);
    expect(largestDifference(await decodeUpright(bytes), ramp)).toBeLessThan(10);
  });

  it('reads the first frame of a GIF that moves', async () => {
    const second = createRamp();
    second.data.fill(255);
    const frames = Buffer.concat([ramp.data, second.data]);
    const raw = { width: 64, height: 96, channels: 3, pageHeight: 48 } as const;
    const bytes = await sharp(frames, { raw }).gif({ delay: [100, 100] }).toBuffer();
    expect((await sharp(bytes).metadata()).pages).toBe(2);
    const image = await decodeUpright(bytes);
    expect([image.width, image.height]).toEqual([64, 48]);
    expect(image.data[0]).toBeLessThan(40);
  });

  it('makes grey pictures three equal channels', async () => {
    const image = await decodeUpright(await open(ramp).greyscale().png().toBuffer());
    expect(image.data.every((value, index) => value === image.data[index - (index % 3)])).toBe(true);
  });

  it('brings CMYK to RGB', async () => {
    const bytes = await open(ramp).toColourspace('cmyk').jpeg({ quality: 98 }).toBuffer();
    const image = await decodeUpright(bytes);
    const [redLeft, redRight] = [image.data[24 * 64 * 3]!, image.data[(24 * 64 + 60) * 3]!];
    expect(redRight).toBeGreaterThan(redLeft + 100);
  });

  it('shows transparent parts on white', async () => {
    const bytes = await open(ramp).ensureAlpha(0).png().toBuffer();
    expect((await decodeUpright(bytes)).data.every((value) => value === 255)).toBe(true);
  });

  it('brings a photo in a wide colour profile to sRGB as the decoder itself does', async () => {
    const bytes = await sharp(await readSample(1)).resize(480, 320).withIccProfile('p3').png().toBuffer();
    const size = { width: 480, height: 320 };
    const expected = await sharp(bytes).toColourspace('srgb').removeAlpha().raw().toBuffer();
    const untouched = await sharp(bytes, { ignoreIcc: true }).removeAlpha().raw().toBuffer();
    expect(largestDifference({ ...size, data: untouched }, { ...size, data: expected })).toBeGreaterThan(20);
    const decoded = await decodeUpright(bytes);
    expect(largestDifference(decoded, { ...size, data: expected })).toBeLessThanOrEqual(8);
    const mean = decoded.data.reduce((sum, value, at) => sum + Math.abs(value - expected[at]!), 0) / expected.length;
    expect(mean).toBeLessThan(0.4);
  });

  it('leaves photos that are sRGB already as they are', async () => {
    const bytes = await open(ramp).withIccProfile('srgb').png().toBuffer();
    const header = await readImageHeader(bytes, limits);
    expect(header.rgbProfile).not.toBeNull();
    expect((await decodePhoto(bytes, header, limits)).colourTable).toBeNull();
  });

  it('shrinks photos beyond the working size and still knows where everything is', async () => {
    const bytes = await open(createRamp(640, 480)).png().toBuffer();
    const header = await readImageHeader(bytes, limits);
    const photo = await decodePhoto(bytes, header, { ...limits, maxWorkingPixels: 640 * 480 * 0.25 });
    expect([photo.stored.width, photo.stored.height]).toEqual([320, 240]);
    const fromShrunk = warpPhoto(photo, [0.2, 0, -20, 0, 0.2, -10], { width: 64, height: 64 });
    const fromFull = warpPhoto(await decodePhoto(bytes, header, limits), [0.2, 0, -20, 0, 0.2, -10], { width: 64, height: 64 });
    expect(largestDifference(fromShrunk, fromFull)).toBeLessThan(6);
  });

  it.each(orientations)('decodes a part of orientation %i again in full', async (orientation) => {
    const stored = await storeOriented(await open(createRamp(640, 480)).png().toBuffer(), orientation);
    const header = await readImageHeader(stored, limits);
    const whole = await decodePhoto(stored, header, limits);
    const part = await decodePart(stored, header, { x: 400, y: 100, width: 80, height: 60 });
    expect(part.stored.width * part.stored.height).toBe(80 * 60);
    const view = [1, 0, -410, 0, 1, -110] as const;
    const size = { width: 50, height: 40 };
    expect(largestDifference(warpPhoto(part, [...view], size), warpPhoto(whole, [...view], size))).toBeLessThan(4);
  });
});

describe('scaling pixels', () => {
  it.each([
    [100, 80],
    [40, 30],
    [100, 30],
  ])('to %ix%i moves nothing', async (width, height) => {
    const scaled = await scalePixels(ramp, { width, height });
    const at = ((height >> 1) * width + (width >> 1)) * 3;
    const expectedRed = (((width >> 1) + 0.5) / width) * 64 - 0.5;
    expect(Math.abs(scaled.data[at]! - (expectedRed * 255) / 63)).toBeLessThan(2.5);
  });
});

describe('what cannot be decoded', () => {
  let jpeg: Buffer;
  beforeAll(async () => {
    jpeg = await readSample(1);
  });
  const decode = async (bytes: Uint8Array): Promise<unknown> =>
    decodePhoto(bytes, await readImageHeader(bytes, limits), limits);
  const withCode = (code: string): unknown => expect.objectContaining({ code });

  it('is told as empty', async () => {
    await expect(decode(Buffer.alloc(0))).rejects.toThrowError(withCode('empty-file'));
  });

  it('is told as no image', async () => {
    await expect(decode(Buffer.from('Dear diary,\n'.repeat(50)))).rejects.toThrowError(withCode('not-an-image'));
  });

  it.each([0.5, 0.9, 0.999])('is told as corrupt where %f of a JPEG is there', async (share) => {
    await expect(decode(jpeg.subarray(0, Math.floor(jpeg.length * share)))).rejects.toThrowError(withCode('corrupt-image'));
  });

  it('is told as corrupt where only a header is there', async () => {
    await expect(decode(jpeg.subarray(0, 200))).rejects.toThrowError(withCode('corrupt-image'));
  });

  it.each(['png', 'webp', 'tiff', 'gif', 'avif'] as const)('is told as corrupt where half of a %s is there', async (format) => {
    const bytes = await sharp(jpeg).resize(320)[format]().toBuffer();
    await expect(decode(bytes.subarray(0, bytes.length >> 1))).rejects.toThrowError(withCode('corrupt-image'));
  });

  it.each([
    ['HEIC', Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from('ftypheic'), Buffer.alloc(200)])],
    ['BMP', Buffer.concat([Buffer.from('BM'), Buffer.alloc(200)])],
    ['SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')],
  ])('is told as not supported where a %s is called JPEG', async (_, bytes) => {
    await expect(decode(bytes)).rejects.toThrowError(withCode('unsupported-format'));
  });

  it('is refused by its header where it holds too many pixels, with its size', async () => {
    await expect(decode(forgePngHeader(60_000, 60_000))).rejects.toThrowError(
      expect.objectContaining({
        code: 'too-many-pixels',
        parameters: { width: 60_000, height: 60_000, maxPixels: limits.maxPixels },
      }),
    );
  });
});
