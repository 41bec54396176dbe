import { describe, expect, it } from 'vitest';
import { createRandom } from '../../electron/base/random.ts';
import { detectionEfforts, fitAnalysisTo } from '../../electron/engine/config.ts';
import { planDetection, type PlannedDetector, type PlannedScale, type Size } from '../../electron/pipeline/detection-plan.ts';

const open: PlannedDetector = { input: { shape: [1, 3, 240, 320] }, reliableFacePx: 14, sizeMultiplePx: 32 };
const fixed: PlannedDetector = { input: { shape: [1, 3, 640, 640] }, reliableFacePx: 12, sizeMultiplePx: null };
const options = fitAnalysisTo('balanced').detection;
const thorough = fitAnalysisTo('thorough').detection;
const plan = (photo: Size, detector = open, chosen = options): PlannedScale[] => planDetection(photo, detector, chosen);
const countPixels = (scales: readonly PlannedScale[]): number =>
  scales.flatMap(({ tiles }) => tiles).reduce((sum, { width, height }) => sum + width * height, 0);

describe('the plan of a detection', () => {
  it('shows a small photo once, not enlarged, to a detector of any size', () => {
    const scales = plan({ width: 250, height: 250 });
    expect(scales).toHaveLength(1);
    expect(scales[0]).toMatchObject({ size: { width: 250, height: 250 }, tiles: [{ x: 0, y: 0, width: 256, height: 256 }] });
  });

  it('fits the whole photo into a detector of one size', () => {
    expect(plan({ width: 4000, height: 3000 }, fixed)[0]).toMatchObject({
      isWhole: true,
      size: { width: 640, height: 480 },
      tiles: [{ x: 0, y: 0, width: 640, height: 640 }],
    });
  });

  it.each([
    [1, 1],
    [1, 5000],
    [30_000, 40],
  ])('has something to show of a photo of %ix%i', (width, height) => {
    for (const { size, tiles } of plan({ width, height })) {
      expect(Math.min(size.width, size.height)).toBeGreaterThanOrEqual(1);
      expect(tiles.length).toBeGreaterThan(0);
      for (const tile of tiles) expect(Math.min(tile.width, tile.height)).toBeGreaterThanOrEqual(32);
    }
  });

  it('goes from coarse to fine, by no more than a step at a time', () => {
    for (const effort of detectionEfforts) {
      const { detection } = fitAnalysisTo(effort);
      const widths = plan({ width: 8000, height: 6000 }, open, detection).map(({ size }) => size.width);
      for (const [index, width] of widths.slice(1).entries()) {
        expect(width).toBeGreaterThan(widths[index]!);
        expect(width / widths[index]!).toBeLessThanOrEqual(detection.maxScaleStep * 1.01);
      }
    }
  });

  it('shows a bounded number of pixels, however large the photo', () => {
    for (const effort of detectionEfforts) {
      const { detection } = fitAnalysisTo(effort);
      for (const photo of [{ width: 4000, height: 3000 }, { width: 16_000, height: 12_000 }, { width: 30_000, height: 2_000 }]) {
        expect(countPixels(plan(photo, open, detection))).toBeLessThan(2.4 * (detection.maxScaledPixels + 400_000));
      }
    }
  });

  it.each([
    [4000, 3000],
    [3000, 4000],
    [1920, 1280],
    [6000, 1500],
    [1000, 1000],
  ])('shows every face of a photo of %ix%i whole and large enough in some tile', (width, height) => {
    for (const detector of [open, fixed]) {
      const chosen = { ...thorough, maxScaledPixels: 100_000_000 };
      const scales = plan({ width, height }, detector, chosen);
      const random = createRandom(width + height);
      for (let round = 0; round < 1000; round++) {
        const side = chosen.smallestFacePx * (Math.min(width, height) / chosen.smallestFacePx) ** random();
        const face = { x: random() * (width - side), y: random() * (height - side) };
        const isShown = scales.some(({ size, tiles, largestFacePx }) => {
          const [scaleX, scaleY] = [size.width / width, size.height / height];
          // Half a pixel for the rounding of a scale's size.
          if (side * Math.max(scaleX, scaleY) < Math.min(detector.reliableFacePx, side) - 0.5) return false;
          if (side * scaleX > largestFacePx) return false;
          return tiles.some(
            (tile) =>
              face.x * scaleX >= tile.x &&
              face.y * scaleY >= tile.y &&
              (face.x + side) * scaleX <= tile.x + tile.width + 1 &&
              (face.y + side) * scaleY <= tile.y + tile.height + 1,
          );
        });
        expect(isShown, `face of ${side} px at ${face.x}, ${face.y}`).toBe(true);
      }
    }
  });
});
