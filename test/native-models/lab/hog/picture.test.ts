import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../../electron/base/random.ts';
import { computeGradients } from '../../../../native-models/lab/hog/gradients.ts';
import type { GreyImage } from '../../../../native-models/lab/hog/grey-image.ts';
import { countOrientations } from '../../../../native-models/lab/hog/orientations.ts';
import {
  drawGradientPicture,
  drawHogPicture,
  listGradientArrows,
  listHogArrows,
} from '../../../../native-models/lab/hog/picture.ts';

describe('gradients', () => {
  it('are the differences of the neighbours, with the edge pixel beyond the border', () => {
    const { x, y, magnitude, angle } = computeGradients({ width: 3, height: 2, data: Float32Array.of(1, 5, 4, 1, 9, 4) });
    expect([...x]).toEqual([4, 3, -1, 8, 3, -5]);
    expect([...y]).toEqual([0, 4, 0, 0, 4, 0]);
    expect(magnitude[1]).toBe(5);
    expect(angle[1]).toBeCloseTo(Math.atan2(4, 3), 6);
  });

  it('refuse a picture whose pixels are not all there', () => {
    expect(() => computeGradients({ width: 3, height: 2, data: new Float32Array(5) })).toThrowError(
      expect.objectContaining({ code: 'bad-argument' }),
    );
  });
});

describe('orientations', () => {
  it('are counted towards dark: a ramp that brightens to the right darkens to the left', () => {
    const { columns, rows, strengths } = countOrientations(computeGradients(paint(48, 32, (x) => 2 * x)), { squarePx: 16, directions: 8 });
    expect([columns, rows]).toEqual([3, 2]);
    // The middle square has no border: every pixel differs by 4 from neighbour to neighbour.
    expect([...strengths.subarray(8, 16)].map((value) => Math.round(value * 1e4) / 1e4)).toEqual([0, 0, 0, 0, 4, 0, 0, 0]);
  });

  it('share a vote between the two nearest directions', () => {
    // 22.5 degrees lie half-way between the first two of eight directions.
    const slope = (x: number, y: number): number => 200 - x * Math.cos(Math.PI / 8) - y * Math.sin(Math.PI / 8);
    const { strengths } = countOrientations(computeGradients(paint(48, 48, slope)));
    const middle = [...strengths.subarray(4 * 8, 5 * 8)];
    expect(middle[0]).toBeCloseTo(1, 4);
    expect(middle[1]).toBeCloseTo(1, 4);
    expect(middle.slice(2).reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 4);
  });

  it('turn with the picture', () => {
    const image = invent(64, 64);
    const turned = paint(64, 64, (x, y) => image.data[(63 - x) * 64 + y]!);
    const upright = countOrientations(computeGradients(image));
    const lying = countOrientations(computeGradients(turned));
    for (let row = 0; row < 4; row++) {
      for (let column = 0; column < 4; column++) {
        for (let direction = 0; direction < 8; direction++) {
          // A quarter turn clockwise takes column c of row r to column 3 - r of row c.
          expect(lying.strengths[(column * 4 + 3 - row) * 8 + ((direction + 2) % 8)]).toBeCloseTo(
            upright.strengths[(row * 4 + column) * 8 + direction]!,
            3,
          );
        }
      }
    }
  });
});

describe('the picture', () => {
  it('points from bright to dark, from the middle of each square', () => {
    const arrows = listHogArrows(countOrientations(computeGradients(paint(48, 48, (_, y) => 3 * y)), { squarePx: 16 }));
    // Brighter downwards, so every arrow points up.
    expect(arrows).toHaveLength(9);
    for (const { angle } of arrows) expect(angle).toBeCloseTo((3 * Math.PI) / 2, 5);
    expect(arrows.map(({ x, y }) => [x, y]).slice(0, 4)).toEqual([[8, 8], [24, 8], [40, 8], [8, 24]]);
  });

  it('is the same for a photo to which brightness was added', () => {
    const image = invent(64, 48);
    const brighter = paint(64, 48, (x, y) => image.data[y * 64 + x]! + 37);
    expect(drawHogPicture(countOrientations(computeGradients(brighter)))).toBe(drawHogPicture(countOrientations(computeGradients(image))));
    expect(drawGradientPicture(computeGradients(brighter))).toBe(drawGradientPicture(computeGradients(image)));
  });

  it('has arrows half as long, and otherwise the same, for a photo of half the contrast', () => {
    const image = invent(64, 48);
    const paler = paint(64, 48, (x, y) => image.data[y * 64 + x]! / 2);
    const full = { fullStrength: 400 };
    const strong = listHogArrows(countOrientations(computeGradients(image)), full);
    const weak = listHogArrows(countOrientations(computeGradients(paler)), full);
    expect(weak).toHaveLength(strong.length);
    weak.forEach((arrow, index) => {
      expect(arrow.length).toBeCloseTo(strong[index]!.length / 2, 5);
      expect({ ...arrow, length: 0 }).toEqual({ ...strong[index]!, length: 0 });
    });
    // What is measured by the picture itself does not change at all.
    expect(drawHogPicture(countOrientations(computeGradients(paler)))).toBe(drawHogPicture(countOrientations(computeGradients(image))));
  });

  it('shows a pixel by an arrow around its middle, and none where nothing changes', () => {
    const arrows = listGradientArrows(computeGradients(paint(4, 1, (x) => (x < 2 ? 100 : 40))), { fullStrength: 60 });
    expect(arrows).toHaveLength(2);
    expect(arrows[0]!.x).toBeCloseTo(1, 6);
    expect(arrows[0]!.length).toBe(1);
    expect(Math.cos(arrows[0]!.angle)).toBeCloseTo(1, 6);
    expect(drawGradientPicture(computeGradients(paint(4, 3, () => 7)))).toContain('<path d=""');
  });

  it('refuses to draw an arrow for each pixel of a large photo', () => {
    expect(() => drawGradientPicture(computeGradients(paint(200, 200, (x) => x)))).toThrowError(
      expect.objectContaining({ code: 'bad-argument' }),
    );
  });
});

function paint(width: number, height: number, grey: (x: number, y: number) => number): GreyImage {
  return { width, height, data: Float32Array.from({ length: width * height }, (_, pixel) => grey(pixel % width, Math.floor(pixel / width))) };
}

/** Whole grey levels, which floating-point numbers add and halve without error. */
function invent(width: number, height: number): GreyImage {
  const random = createRandom(7);
  return paint(width, height, () => Math.floor(random() * 200));
}
