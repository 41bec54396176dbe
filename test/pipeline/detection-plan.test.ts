import { describe, expect, it } from 'vitest';
import { createRandom } from '../../electron/base/random.ts';
import { analysisDefaults } from '../../electron/config.ts';
import { planDetection, type PlannedScale, type Size } from '../../electron/pipeline/detection-plan.ts';

const input = { width: 320, height: 240 };
const options = analysisDefaults.detection;
const plan = (photo: Size): PlannedScale[] => planDetection(photo, input, options);
const countTiles = (photo: Size): number => plan(photo).reduce((sum, scale) => sum + scale.tiles.length, 0);

describe('the plan of a detection', () => {
  it.each([
    [250, 250],
    [640, 480],
    [480, 640],
    [1, 1],
  ])('is the whole photo alone for %ix%i', (width, height) => {
    expect(plan({ width, height })).toHaveLength(1);
    expect(plan({ width, height })[0]).toMatchObject({ isWhole: true, size: input });
  });

  it('starts with the whole photo and goes from coarse to fine', () => {
    const scales = plan({ width: 4000, height: 3000 });
    expect(scales[0]!.isWhole).toBe(true);
    const widths = scales.slice(1).map(({ size }) => size.width);
    expect(widths).toEqual([...widths].sort((first, second) => first - second));
    expect(widths.at(-1)! / 4000).toBeCloseTo(options.reliableFacePx / options.smallestFacePx, 3);
  });

  it('keeps the number of tiles bounded, however large the photo', () => {
    expect(countTiles({ width: 4000, height: 3000 })).toBeLessThan(40);
    expect(countTiles({ width: 16_000, height: 12_000 })).toBeLessThan(70);
    expect(countTiles({ width: 30_000, height: 2_000 })).toBeLessThan(110);
  });

  it.each([
    [4000, 3000],
    [3000, 4000],
    [1920, 1280],
    [6000, 1500],
    [1000, 1000],
  ])('shows every face of a photo of %ix%i whole and large enough in some tile', (width, height) => {
    const scales = plan({ width, height });
    const random = createRandom(width + height);
    for (let round = 0; round < 2000; round++) {
      const side = options.smallestFacePx * (Math.min(width, height) / options.smallestFacePx) ** random();
      const face = { x: random() * (width - side), y: random() * (height - side) };
      const isShown = scales.some(({ size, tiles, largestFacePx, isWhole }) => {
        const [scaleX, scaleY] = [size.width / width, size.height / height];
        // Half a pixel for the rounding of a scale's size.
        if (side * Math.max(scaleX, scaleY) < options.reliableFacePx - 0.5) return false;
        if (side * scaleX > largestFacePx) return false;
        if (isWhole) return side * Math.min(scaleX, scaleY) >= options.reliableFacePx - 0.5;
        return tiles.some(
          (tile) =>
            face.x * scaleX >= tile.x &&
            face.y * scaleY >= tile.y &&
            (face.x + side) * scaleX <= tile.x + tile.width &&
            (face.y + side) * scaleY <= tile.y + tile.height,
        );
      });
      expect(isShown, `face of ${side} px at ${face.x}, ${face.y}`).toBe(true);
    }
  });
});
