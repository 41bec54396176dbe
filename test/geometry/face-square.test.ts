import { describe, expect, it } from 'vitest';
import { boxArea, boxContains, intersectionArea } from '../../electron/geometry/boxes.ts';
import { planFaceSquare } from '../../electron/geometry/face-square.ts';
import type { Box } from '../../electron/geometry/types.ts';
import { createRandom } from '../../electron/base/random.ts';

const photo = { width: 1000, height: 800 };

function faceAt(x: number, y: number, width = 100, height = width): Box {
  return { x, y, width, height };
}
function centreOf(box: Box): [number, number] {
  return [box.x + box.width / 2, box.y + box.height / 2];
}
function growthOf(face: Box, square: Box): number {
  return square.width / Math.max(face.width, face.height);
}

describe('the square of a face', () => {
  it.each([
    ['the upper left corner', faceAt(0, 0)],
    ['the left border', faceAt(0, 300)],
    ['the lower left corner', faceAt(0, 700)],
    ['the upper border', faceAt(400, 0)],
    ['the lower border', faceAt(400, 700)],
    ['the upper right corner', faceAt(900, 0)],
    ['the right border', faceAt(900, 300)],
    ['the lower right corner', faceAt(900, 700)],
    ['the middle', faceAt(450, 350)],
  ])('has the face in its middle at %s of the photo', (_, face) => {
    const { square } = planFaceSquare(face, [], photo);
    expect(centreOf(square)).toEqual(centreOf(face));
    expect(growthOf(face, square)).toBeCloseTo(1.6, 5);
  });

  it('of a box that is partly outside the photo is around the part inside', () => {
    const { square, face } = planFaceSquare(faceAt(940, 760, 120), [], photo);
    expect(face).toEqual({ x: 940, y: 760, width: 60, height: 40 });
    expect(centreOf(square)).toEqual([970, 780]);
  });

  it('of a face larger than the photo has all of it', () => {
    const { square } = planFaceSquare(faceAt(-50, -50, 1200), [], photo);
    expect(square).toMatchObject({ width: 1600, height: 1600 });
    expect(centreOf(square)).toEqual([500, 400]);
  });

  it('is cut closer until the neighbour is hardly in it', () => {
    const face = faceAt(400, 300);
    const neighbour = faceAt(495, 300);
    const { square, others } = planFaceSquare(face, [face, neighbour], photo);
    expect(growthOf(face, square)).toBeLessThan(1.6);
    expect(growthOf(face, square)).toBeGreaterThan(1.2);
    expect(boxContains(square, centreOf(neighbour))).toBe(false);
    expect(intersectionArea(square, neighbour)).toBeLessThan(0.3 * boxArea(neighbour));
    expect(others).toEqual([neighbour]);
  });

  it('keeps its room where the neighbour is far enough away', () => {
    const face = faceAt(400, 300);
    const { square, others } = planFaceSquare(face, [face, faceAt(560, 300), faceAt(400, 500)], photo);
    expect(growthOf(face, square)).toBeCloseTo(1.6, 5);
    expect(others).toEqual([]);
  });

  it.each([
    ['two faces side by side that overlap', faceAt(400, 300), faceAt(460, 310)],
    ['a tiny face on the cheek of a big one', faceAt(300, 200, 300), faceAt(540, 340, 60)],
    ['a tiny face beside a big one', faceAt(570, 300, 30), faceAt(300, 200, 280)],
  ])('still holds the whole face of %s, and tells whom to dim', (_, face, neighbour) => {
    const { square, others } = planFaceSquare(face, [neighbour, face], photo);
    expect(centreOf(square)).toEqual(centreOf(face));
    expect(intersectionArea(square, face)).toBeCloseTo(boxArea(face), 5);
    expect(growthOf(face, square)).toBeLessThan(1.3);
    expect(others).toEqual([neighbour]);
  });

  it('takes no notice of a second box of the same face', () => {
    const face = faceAt(400, 300);
    const { square, others } = planFaceSquare(face, [face, faceAt(406, 304, 104)], photo);
    expect(growthOf(face, square)).toBeCloseTo(1.6, 5);
    expect(others).toEqual([]);
  });

  it('has nobody else in its middle, wherever two faces stand that do not overlap', () => {
    const random = createRandom(7);
    for (let round = 0; round < 2_000; round++) {
      const drawn = (): Box => {
        const side = 20 + random() * 200;
        return faceAt(random() * (photo.width - side), random() * (photo.height - side), side, side * (0.8 + random() * 0.5));
      };
      const [face, neighbour] = [drawn(), drawn()];
      if (intersectionArea(face, neighbour) > 0) continue;
      const { square } = planFaceSquare(face, [neighbour], photo);
      const [x, y] = centreOf(square);
      const middle = { x: x - square.width / 4, y: y - square.height / 4, width: square.width / 2, height: square.height / 2 };
      expect(boxContains(middle, centreOf(neighbour))).toBe(false);
      expect(intersectionArea(middle, face)).toBeGreaterThan(intersectionArea(middle, neighbour));
    }
  });
});
