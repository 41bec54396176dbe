import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { applyAffine, applyAffineToBox } from '../../../../electron/geometry/affine.ts';
import { derivePhoto, recompressPhoto } from '../../../../native-models/lab/spoiled-photos/derive-photo.ts';
import { storeOriented } from '../../../support/photos.ts';

const limits = { maxPixels: 1_000_000 };

/** 60x40, black, with a white square of 10 px at 40, 5. */
async function drawPhoto(): Promise<Buffer> {
  const square = await sharp({ create: { width: 10, height: 10, channels: 3, background: '#fff' } }).png().toBuffer();
  return sharp({ create: { width: 60, height: 40, channels: 3, background: '#000' } })
    .composite([{ input: square, left: 40, top: 5 }])
    .png()
    .toBuffer();
}

/** @returns the box around what is bright */
async function findSquare(bytes: Uint8Array) {
  const { data, info } = await sharp(bytes).greyscale().raw().toBuffer({ resolveWithObject: true });
  const bright = [...data.keys()].filter((index) => data[index]! > 127);
  const xs = bright.map((index) => index % info.width);
  const ys = bright.map((index) => Math.floor(index / info.width));
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  return {
    size: [info.width, info.height],
    box: { x: left, y: top, width: Math.max(...xs) + 1 - left, height: Math.max(...ys) + 1 - top },
  };
}

describe('derivePhoto', () => {
  it.each([
    [0, [60, 40], { x: 40, y: 5 }],
    // Clockwise, what was right of the middle comes below it, and what was on top comes to the right.
    [90, [40, 60], { x: 25, y: 40 }],
    [180, [60, 40], { x: 10, y: 25 }],
    [270, [40, 60], { x: 5, y: 10 }],
  ] as const)('turns by %s degrees clockwise, and says where everything has gone', async (turn, size, corner) => {
    const { bytes, fromPhoto } = await derivePhoto(await drawPhoto(), { scale: 1, turn }, limits);
    const found = await findSquare(bytes);
    expect(found).toEqual({ size, box: { ...corner, width: 10, height: 10 } });
    expect(applyAffineToBox(fromPhoto, { x: 40, y: 5, width: 10, height: 10 })).toEqual(found.box);
  });

  it('shrinks and turns, by the factor that whole pixels allow', async () => {
    const { bytes, fromPhoto } = await derivePhoto(await drawPhoto(), { scale: 0.5, turn: 90 }, limits);
    const { size, box } = await findSquare(bytes);
    expect(size).toEqual([20, 30]);
    const expected = applyAffineToBox(fromPhoto, { x: 40, y: 5, width: 10, height: 10 });
    expect(expected).toEqual({ x: 12.5, y: 20, width: 5, height: 5 });
    for (const side of ['x', 'y', 'width', 'height'] as const) expect(Math.abs(box[side] - expected[side])).toBeLessThanOrEqual(1);
    const odd = await derivePhoto(await drawPhoto(), { scale: 0.31, turn: 0 }, limits);
    expect((await sharp(odd.bytes).metadata()).width).toBe(19);
    expect(applyAffine(odd.fromPhoto, [60, 40])).toEqual([19, 12]);
  });

  it('starts from the upright photo and leaves no tag to turn it again', async () => {
    const stored = await storeOriented(await drawPhoto(), 6);
    const { bytes } = await derivePhoto(stored, { scale: 1, turn: 0 }, limits);
    const { format, orientation } = await sharp(bytes).metadata();
    expect([format, orientation]).toEqual(['png', undefined]);
    expect((await findSquare(bytes)).size).toEqual([60, 40]);
  });

  it('refuses what is no photo and what is too large', async () => {
    await expect(derivePhoto(Buffer.from('hello'), { scale: 1, turn: 0 }, limits)).rejects.toMatchObject({ code: 'not-an-image' });
    const tooLarge = derivePhoto(await drawPhoto(), { scale: 1, turn: 0 }, { maxPixels: 100 });
    await expect(tooLarge).rejects.toMatchObject({ code: 'too-many-pixels' });
  });
});

describe('recompressPhoto', () => {
  it('makes an upright JPEG of the same size without metadata, the smaller the lower the quality', async () => {
    const noise = await sharp({ create: { width: 60, height: 40, channels: 3, background: '#888', noise: { type: 'gaussian', mean: 128, sigma: 40 } } })
      .png()
      .toBuffer();
    const stored = await storeOriented(noise, 6);
    const [low, high] = await Promise.all([10, 90].map((quality) => recompressPhoto(stored, quality, limits)));
    expect(low!.length).toBeLessThan(high!.length);
    const { format, width, height, exif, orientation } = await sharp(low).metadata();
    expect({ format, width, height, exif, orientation }).toEqual({ format: 'jpeg', width: 60, height: 40, exif: undefined, orientation: undefined });
  });

  it.each([0, 101, 50.5])('refuses a quality of %d', async (quality) => {
    await expect(recompressPhoto(await drawPhoto(), quality, limits)).rejects.toMatchObject({ code: 'bad-argument' });
  });
});
