import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../../electron/base/random.ts';
import { describeCells, featuresPerCell } from '../../../../native-models/lab/hog/cells.ts';
import type { GreyImage } from '../../../../native-models/lab/hog/grey-image.ts';

describe('cell features', () => {
  it.each([8, 6])('agree with an independent computation in float64 (cells of %i px)', (cellPx) => {
    // Whole grey levels would often differ straight up or down, half-way between two directions.
    const { data, ...size } = invent(5 * cellPx + 3, 4 * cellPx + 1);
    const image = { ...size, data: data.map((grey, pixel) => grey + 0.9 * Math.sin(pixel * pixel)) };
    const { columns, rows, features } = describeCells(image, cellPx);
    expect([columns, rows]).toEqual([5, 4]);
    const expected = describePlainly(image, cellPx);
    expect(features).toHaveLength(expected.length);
    expected.forEach((value, index) => expect(Math.abs(features[index]! - value), `feature ${index}`).toBeLessThan(1e-4));
  });

  it('are the same for a photo to which brightness was added, and nearly so at half the contrast', () => {
    const image = invent(40, 40);
    const { features } = describeCells(image, 8);
    expect(describeCells({ ...image, data: image.data.map((grey) => grey + 50) }, 8).features).toEqual(features);
    const paler = describeCells({ ...image, data: image.data.map((grey) => grey / 2) }, 8).features;
    paler.forEach((value, index) => expect(value).toBeCloseTo(features[index]!, 4));
  });

  it('are nothing where the picture shows nothing', () => {
    const { features } = describeCells({ width: 32, height: 32, data: new Float32Array(1024).fill(90) }, 8);
    expect(Math.max(...features)).toBe(0);
    expect(describeCells({ width: 5, height: 40, data: new Float32Array(200) }, 8).features).toHaveLength(0);
  });

  it('put an upright edge into its direction of a whole turn and into that of half a turn', () => {
    const data = Float32Array.from({ length: 32 * 32 }, (_, pixel) => (pixel % 32 < 12 ? 40 : 160));
    const { columns, features } = describeCells({ width: 32, height: 32, data }, 8);
    const cell = features.subarray((columns + 1) * featuresPerCell, (columns + 2) * featuresPerCell);
    // Brighter to the right is direction 0; the opposite one, 9, is empty.
    expect(cell[0]).toBeGreaterThan(0.3);
    expect(cell[9]).toBe(0);
    expect(cell[18]).toBe(cell[0]);
  });
});

/** Felzenszwalb's features, one definition at a time: by angle instead of by projections, cell by cell. */
function describePlainly({ width, height, data }: GreyImage, cellPx: number): number[] {
  const columns = Math.floor(width / cellPx);
  const rows = Math.floor(height / cellPx);
  const histograms = Array.from({ length: rows }, () => Array.from({ length: columns }, () => new Array<number>(18).fill(0)));
  for (let y = 1; y < Math.min(height - 1, rows * cellPx); y++) {
    for (let x = 1; x < Math.min(width - 1, columns * cellPx); x++) {
      const across = data[y * width + x + 1]! - data[y * width + x - 1]!;
      const down = data[(y + 1) * width + x]! - data[(y - 1) * width + x]!;
      const turn = ((Math.atan2(down, across) / (2 * Math.PI)) * 18 + 18) % 18;
      for (let row = 0; row < rows; row++) {
        for (let column = 0; column < columns; column++) {
          const nearX = 1 - Math.abs((x + 0.5) / cellPx - (column + 0.5));
          const nearY = 1 - Math.abs((y + 0.5) / cellPx - (row + 0.5));
          if (nearX > 0 && nearY > 0) histograms[row]![column]![Math.round(turn) % 18]! += nearX * nearY * Math.hypot(across, down);
        }
      }
    }
  }
  const energy = (row: number, column: number): number => {
    const cell = histograms[clamp(row, rows)]![clamp(column, columns)]!;
    return cell.slice(0, 9).reduce((sum, value, index) => sum + (value + cell[index + 9]!) ** 2, 0);
  };
  return histograms.flatMap((line, row) =>
    line.flatMap((cell, column) => {
      const lengths = [-1, 0].flatMap((up) =>
        [-1, 0].map((left) =>
          Math.sqrt([0, 1].flatMap((r) => [0, 1].map((c) => energy(row + up + r, column + left + c))).reduce((sum, value) => sum + value, 1e-4)),
        ),
      );
      const cut = (value: number): number[] => lengths.map((length) => Math.min(0.2, value / length));
      const undirected = cell.slice(0, 9).map((value, index) => value + cell[index + 9]!);
      const total = (values: number[]): number => values.reduce((sum, value) => sum + value, 0);
      return [
        ...[...cell, ...undirected].map((value) => total(cut(value)) / 2),
        ...[0, 1, 2, 3].map((block) => 0.2357 * total(cell.map((value) => cut(value)[block]!))),
      ];
    }),
  );
}

function clamp(index: number, length: number): number {
  return Math.min(length - 1, Math.max(0, index));
}

function invent(width: number, height: number): GreyImage {
  const random = createRandom(11);
  return { width, height, data: Float32Array.from({ length: width * height }, () => Math.floor(random() * 200)) };
}
