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

  /** A red face in each of eight places at the border of a photo of 400 x 200 pixels, and a blue one beside it inwards. */
  const atBorder = [
    ['upper left corner', { x: 0, y: 0 }, { x: 70, y: 10 }],
    ['upper border', { x: 170, y: 0 }, { x: 170, y: 70 }],
    ['upper right corner', { x: 340, y: 0 }, { x: 270, y: 10 }],
    ['right border', { x: 340, y: 70 }, { x: 270, y: 70 }],
    ['lower right corner', { x: 340, y: 140 }, { x: 270, y: 130 }],
    ['lower border', { x: 170, y: 140 }, { x: 170, y: 70 }],
    ['lower left corner', { x: 0, y: 140 }, { x: 70, y: 130 }],
    ['left border', { x: 0, y: 70 }, { x: 70, y: 70 }],
  ] as const;

  function paintFaces(one: { x: number; y: number }, other: { x: number; y: number }, sidePx = 60): Promise<Buffer> {
    const paint = (colour: string) => ({ create: { width: sidePx, height: sidePx, channels: 3, background: colour } }) as const;
    return sharp({ create: { width: 400, height: 200, channels: 3, background: '#00ff00' } })
      .composite([
        { input: paint('#0000ff'), left: other.x, top: other.y },
        { input: paint('#ff0000'), left: one.x, top: one.y },
      ])
      .png()
      .toBuffer();
  }
  const boxAt = ({ x, y }: { x: number; y: number }, sidePx = 60) => ({ x, y, width: sidePx, height: sidePx });

  it.each(atBorder)('is in the middle at the %s, with nobody beside it in its colours', async (_, one, other) => {
    const photo = await paintFaces(one, other);
    const [thumbnail] = await renderFaceThumbnails(photo, [boxAt(one), boxAt(other)], { sizePx: 192, maxPixels });
    for (const [x, y] of [[0.5, 0.5], [0.35, 0.5], [0.65, 0.5], [0.5, 0.35], [0.5, 0.65]] as const) {
      const [red, green, blue] = await readColour(thumbnail!, x, y);
      expect(red).toBeGreaterThan(200);
      expect(green).toBeLessThan(60);
      expect(blue).toBeLessThan(60);
    }
    const { data, info } = await sharp(thumbnail).removeAlpha().raw().toBuffer({ resolveWithObject: true });
    let bluePixels = 0;
    for (let at = 0; at < data.length; at += 3) if (data[at + 2]! > 200 && data[at]! < 60) bluePixels += 1;
    expect(bluePixels / (info.width * info.height)).toBeLessThan(0.01);
  });

  it('repeats the photo softly where it reaches beyond it', async () => {
    const thumbnail = await renderFaceThumbnail(await marked, { x: 340, y: 70, width: 60, height: 60 }, { sizePx: 192, maxPixels });
    const [red, green, blue] = await readColour(thumbnail, 0.97, 0.5);
    expect(green).toBeGreaterThan(120);
    expect(green).toBeLessThan(240);
    expect(red).toBe(blue);
    expect((await readColour(thumbnail, 0.5, 0.5))[1]).toBeGreaterThan(240);
  });

  it('takes the colour from a face that its own overlaps', async () => {
    const [one, other] = [{ x: 100, y: 60 }, { x: 150, y: 60 }];
    const [thumbnail, second] = await renderFaceThumbnails(await paintFaces(one, other), [boxAt(one), boxAt(other)], { sizePx: 192, maxPixels });
    expect((await readColour(thumbnail!, 0.5, 0.5))[0]).toBeGreaterThan(240);
    const [red, green, blue] = await readColour(thumbnail!, 0.99, 0.5);
    expect(Math.max(red!, green!, blue!) - Math.min(red!, green!, blue!)).toBeLessThan(60);
    expect((await readColour(second!, 0.5, 0.5))[2]).toBeGreaterThan(240);
  });

  it('is of the visible part of a box that is partly outside the photo', async () => {
    const photo = await paintFaces({ x: 340, y: 140 }, { x: 10, y: 10 });
    const thumbnail = await renderFaceThumbnail(photo, { x: 350, y: 150, width: 90, height: 90 }, { sizePx: 96, maxPixels });
    const [red, green] = await readColour(thumbnail, 0.5, 0.5);
    expect(red).toBeGreaterThan(240);
    expect(green).toBeLessThan(30);
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
