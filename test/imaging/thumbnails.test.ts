import { describe, expect, it } from 'vitest';
import sharp from 'sharp';
import { renderFaceThumbnail, renderFaceThumbnails, renderPhotoThumbnail } from '../../electron/imaging/thumbnails.ts';
import { forgePngHeader, readSample, storeOriented } from '../support/photos.ts';

const maxPixels = 100_000_000;

/** Green but for a red square at x 100 to 160, y 40 to 100. */
const marked = sharp({ create: { width: 400, height: 200, channels: 3, background: '#00ff00' } })
  .composite([{ input: { create: { width: 60, height: 60, channels: 3, background: '#ff0000' } }, left: 100, top: 40 }])
  .png()
  .toBuffer();
const mark = { x: 100, y: 40, width: 60, height: 60 };

async function readColour(picture: Uint8Array, x: number, y: number): Promise<number[]> {
  const { data, info } = await sharp(picture).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const at = (Math.round(y * (info.height - 1)) * info.width + Math.round(x * (info.width - 1))) * info.channels;
  return [...data.subarray(at, at + 3)];
}

describe('a thumbnail of a photo', () => {
  it('fits into its size, upright and without metadata', async () => {
    const thumbnail = await renderPhotoThumbnail(await storeOriented(await readSample(1), 6), { sizePx: 320, maxPixels });
    const metadata = await sharp(thumbnail).metadata();
    expect(metadata).toMatchObject({ format: 'webp', width: 320, height: 213 });
    expect(metadata.exif).toBeUndefined();
  });

  it('is never larger than the photo', async () => {
    const thumbnail = await renderPhotoThumbnail(await marked, { sizePx: 1600, maxPixels });
    expect(await sharp(thumbnail).metadata()).toMatchObject({ width: 400, height: 200 });
  });

  it('is refused for a photo of too many pixels', async () => {
    await expect(renderPhotoThumbnail(forgePngHeader(60_000, 60_000), { sizePx: 320, maxPixels })).rejects.toThrowError(
      expect.objectContaining({ code: 'too-many-pixels' }),
    );
  });
});

describe('a thumbnail of a face', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8] as const)('shows the face in the middle with a margin, orientation %i', async (orientation) => {
    const photo = await storeOriented(await marked, orientation);
    const thumbnail = await renderFaceThumbnail(photo, mark, { sizePx: 240, maxPixels });
    expect(await sharp(thumbnail).metadata()).toMatchObject({ width: 240, height: 240, format: 'webp' });
    const [red, green] = await readColour(thumbnail, 0.5, 0.5);
    expect(red).toBeGreaterThan(200);
    expect(green).toBeLessThan(60);
    const [redInCorner, greenInCorner] = await readColour(thumbnail, 0.05, 0.05);
    expect(redInCorner).toBeLessThan(60);
    expect(greenInCorner).toBeGreaterThan(200);
  });

  it('stays inside the photo for a face at its border', async () => {
    const thumbnail = await renderFaceThumbnail(await marked, { x: 380, y: 180, width: 60, height: 60 }, { sizePx: 96, maxPixels });
    expect(await readColour(thumbnail, 0.9, 0.9)).toEqual(expect.arrayContaining([expect.any(Number)]));
    expect((await readColour(thumbnail, 0.9, 0.9))[1]).toBeGreaterThan(200);
  });

  it('of many faces decodes the photo once and keeps their order', async () => {
    const boxes = [mark, { x: 300, y: 100, width: 40, height: 40 }];
    const [first, second] = await renderFaceThumbnails(await marked, boxes, { sizePx: 96, maxPixels });
    expect((await readColour(first!, 0.5, 0.5))[0]).toBeGreaterThan(200);
    expect((await readColour(second!, 0.5, 0.5))[0]).toBeLessThan(60);
  });

  it('is refused for a box outside the photo', async () => {
    await expect(
      renderFaceThumbnail(await marked, { x: 900, y: 0, width: 10, height: 10 }, { sizePx: 96, maxPixels }),
    ).rejects.toThrowError(expect.objectContaining({ code: 'bad-argument' }));
  });
});
