import { expect, it } from 'vitest';
import { cropGrey, padGrey, resizeGrey } from '../../../../native-models/lab/hog/resize-grey.ts';

const ramp = { width: 6, height: 4, data: Float32Array.from({ length: 24 }, (_, pixel) => 10 * (pixel % 6) + Math.floor(pixel / 6)) };

it('keeps a ramp a ramp when the picture shrinks', () => {
  const { data, ...size } = resizeGrey(ramp, { width: 3, height: 2 });
  expect(size).toEqual({ width: 3, height: 2 });
  expect([...data].map((value) => Math.round(value * 1e3) / 1e3)).toEqual([5.5, 25.5, 45.5, 7.5, 27.5, 47.5]);
});

it('crops what a box shows, with edge pixels beyond the border', () => {
  expect([...cropGrey(ramp, { x: 4, y: 0, width: 4, height: 1 }, { width: 4, height: 1 }).data]).toEqual([40, 50, 50, 50]);
});

it('pads with edge pixels', () => {
  const { width, height, data } = padGrey({ width: 2, height: 1, data: Float32Array.of(3, 7) }, 1);
  expect([width, height]).toEqual([4, 3]);
  expect([...data]).toEqual([3, 3, 7, 7, 3, 3, 7, 7, 3, 3, 7, 7]);
});
