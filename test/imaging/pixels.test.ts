import { describe, expect, it } from 'vitest';
import { createRandom } from '../../electron/base/random.ts';
import { cropPixels, samplePixels, samplePixelsAt, toGrey, warpPixels, type PixelImage } from '../../electron/imaging/pixels.ts';

function createImage(width: number, height: number, colour: (x: number, y: number) => [number, number, number]): PixelImage {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) data.set(colour(x, y), (y * width + x) * 3);
  return { width, height, data };
}
const random = createRandom(11);
const noise = createImage(40, 30, () => [random() * 256, random() * 256, random() * 256]);

describe('warping pixels', () => {
  it('changes nothing under the identity', () => {
    expect(warpPixels(noise, [1, 0, 0, 0, 1, 0], noise)).toEqual(noise);
  });

  it('moves whole pixels exactly', () => {
    const moved = warpPixels(noise, [1, 0, 7, 0, 1, 5], { width: 20, height: 10 });
    expect(moved).toEqual(cropPixels(noise, { x: 7, y: 5, width: 20, height: 10 }));
  });

  it('repeats the edge beyond the border', () => {
    const beyond = warpPixels(noise, [1, 0, -10, 0, 1, 0], { width: 10, height: 30 });
    for (let row = 0; row < 30; row++) expect(beyond.data[(row * 10 + 3) * 3]).toBe(noise.data[row * 40 * 3]);
  });

  it('averages where it shrinks, so that a fine pattern turns grey instead of black or white', () => {
    const checks = createImage(256, 256, (x, y) => ((x + y) % 2 ? [255, 255, 255] : [0, 0, 0]));
    const small = warpPixels(checks, [8, 0, 0, 0, 8, 0], { width: 32, height: 32 });
    expect(Math.min(...small.data)).toBeGreaterThan(120);
    expect(Math.max(...small.data)).toBeLessThan(135);
  });

  it('keeps a point at its share of the picture whatever the scale', () => {
    const ramp = createImage(300, 200, (x, y) => [(x * 255) / 299, (y * 255) / 199, 0]);
    for (const scale of [0.5, 1.3, 2, 3.7, 6]) {
      const small = warpPixels(ramp, [scale, 0, 30, 0, scale, 20], { width: 30, height: 20 });
      const at = (10 * 30 + 15) * 3;
      expect(Math.abs(small.data[at]! - ((15.5 * scale + 30 - 0.5) * 255) / 299)).toBeLessThan(1.5);
      expect(Math.abs(small.data[at + 1]! - ((10.5 * scale + 20 - 0.5) * 255) / 199)).toBeLessThan(1.5);
    }
  });

  it('comes back to where it was after a turn there and back', () => {
    const smooth = createImage(120, 120, (x, y) => [128 + 100 * Math.sin(x / 17), 128 + 100 * Math.cos(y / 13), 128]);
    const angle = 0.5;
    const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
    const move = 60 - 60 * cosine + 60 * sine;
    const moveBack = 60 - 60 * cosine - 60 * sine;
    const turned = warpPixels(smooth, [cosine, -sine, move, sine, cosine, moveBack], smooth);
    const back = warpPixels(turned, [cosine, sine, moveBack, -sine, cosine, move], smooth);
    for (let y = 40; y < 80; y++) {
      for (let x = 40; x < 80; x++) {
        const at = (y * 120 + x) * 3;
        expect(Math.abs(back.data[at]! - smooth.data[at]!)).toBeLessThan(4);
      }
    }
  });
});

describe('looking pixels up at places of their own', () => {
  const random = createRandom(3);
  const source: PixelImage = { width: 40, height: 30, data: Uint8Array.from({ length: 40 * 30 * 3 }, () => random() * 256) };
  const size = { width: 9, height: 7 };
  const centres = Float32Array.from({ length: 9 * 7 * 2 }, (_, at) => (at % 2 === 0 ? (at / 2) % 9 : Math.floor(at / 18)) + 0.5);

  it('at the centres of pixels is what the map of the places alone does, whether it shrinks or not', () => {
    for (const map of [[1.2, 0.3, 4, -0.3, 1.2, 6], [3.1, 0.2, 2, -0.2, 3.1, 3]] as const) {
      const expected = samplePixels(source, map, size).data;
      samplePixelsAt(source, map, centres, size).data.forEach((value, at) => expect(value).toBeCloseTo(expected[at]!, 3));
    }
  });

  it('wants a place for each pixel', () => {
    expect(() => samplePixelsAt(source, [1, 0, 0, 0, 1, 0], centres, { width: 8, height: 7 })).toThrowError(
      expect.objectContaining({ code: 'bad-argument' }),
    );
  });
});

describe('cropping pixels', () => {
  it('fills what lies beyond the picture with black', () => {
    const crop = cropPixels(noise, { x: -5, y: -5, width: 50, height: 40 });
    expect([...crop.data.subarray(0, 3)]).toEqual([0, 0, 0]);
    expect(crop.data[(5 * 50 + 5) * 3]).toBe(noise.data[0]);
  });
});

describe('grey', () => {
  it('weighs green most and blue least', () => {
    const colours = createImage(3, 1, (x) => [x === 0 ? 255 : 0, x === 1 ? 255 : 0, x === 2 ? 255 : 0]);
    const [red, green, blue] = toGrey(colours).data;
    expect(red).toBeCloseTo(76.245, 3);
    expect(green).toBeCloseTo(149.685, 3);
    expect(blue).toBeCloseTo(29.07, 3);
  });
});
