import { describe, expect, it } from 'vitest';
import { createRandom } from '../../electron/base/random.ts';
import { faceShape, fivePointShape, mirroredLandmarks, type ShapePoint } from '../../electron/geometry/face-shape.ts';
import { estimatePose, projectShape } from '../../electron/geometry/pose.ts';

const withCode = (code: string): unknown => expect.objectContaining({ code });
const shapes: [string, readonly ShapePoint[]][] = [
  ['68 points', faceShape],
  ['five points', fivePointShape],
];
const turned = [-60, -25, 0, 10, 40].flatMap((yaw) =>
  [-30, 0, 20].flatMap((pitch) => [-80, 0, 15, 170].map((roll) => ({ yaw, pitch, roll, scale: 37 }))),
);

function move(landmarks: Float32Array, x: number, y: number): Float32Array {
  return landmarks.map((value, at) => value + (at % 2 === 0 ? x : y));
}

describe.each(shapes)('the pose of a head from %s', (_, shape) => {
  it('is found again at any angle, size and place', () => {
    for (const pose of turned) {
      const found = estimatePose(move(projectShape(shape, pose), 310, -45), shape);
      expect(found.yaw).toBeCloseTo(pose.yaw, 2);
      expect(found.pitch).toBeCloseTo(pose.pitch, 2);
      expect(found.roll).toBeCloseTo(pose.roll, 2);
      expect(found.scale).toBeCloseTo(37, 3);
      expect(found.residual).toBeLessThan(1e-4);
    }
  });

  it('says which way: the nose to the right, up, and the head leaning clockwise', () => {
    const nose = shape === fivePointShape ? 2 : 30;
    const place = (pose: object): [number, number] => {
      const points = projectShape(shape, { yaw: 0, pitch: 0, roll: 0, scale: 1, ...pose });
      const [x, y] = [points[nose * 2]!, points[nose * 2 + 1]!];
      return [x, y];
    };
    const [x, y] = place({});
    expect(place({ yaw: 30 })[0]).toBeGreaterThan(x + 0.05);
    expect(place({ pitch: 30 })[1]).toBeLessThan(y - 0.05);
    // Above the mouth: to the right when the head leans clockwise.
    const chin = shape === fivePointShape ? 3 : 8;
    const leaning = projectShape(shape, { yaw: 0, pitch: 0, roll: 20, scale: 1 });
    expect(leaning[nose * 2]).toBeGreaterThan(leaning[chin * 2]!);
  });

  it('flips yaw and roll in a mirror, and keeps pitch', () => {
    const mirrored = shape === fivePointShape ? [1, 0, 2, 4, 3] : mirroredLandmarks;
    const landmarks = projectShape(shape, { yaw: 25, pitch: -10, roll: 12, scale: 50 });
    const found = estimatePose(Float32Array.from(mirrored.flatMap((at) => [200 - landmarks[at * 2]!, landmarks[at * 2 + 1]!])), shape);
    expect(found.yaw).toBeCloseTo(-25, 2);
    expect(found.pitch).toBeCloseTo(-10, 2);
    expect(found.roll).toBeCloseTo(-12, 2);
  });

  it.each([
    ['coincide', (at: number) => (at % 2 === 0 ? 70 : 30)],
    ['lie in a line', (at: number) => (at % 2 === 0 ? Math.floor(at / 2) * 3 : Math.floor(at / 2) * 2)],
    ['are not finite', (at: number) => (at === 3 ? Number.NaN : at * at)],
  ])('is refused where points %s', (__, place) => {
    const landmarks = Float32Array.from({ length: shape.length * 2 }, (___, at) => place(at));
    expect(() => estimatePose(landmarks, shape)).toThrow(withCode('degenerate-landmarks'));
  });

  it('is refused for another number of points', () => {
    expect(() => estimatePose(new Float32Array(20), shape)).toThrow(withCode('bad-argument'));
  });
});

describe('the pose of a head whose landmarks are a little off', () => {
  it('is off by a degree or two from 68 points, and the residual says how far off they are', () => {
    const random = createRandom(3);
    for (const pose of turned) {
      const landmarks = projectShape(faceShape, pose).map((value) => value + (random() - 0.5) * 0.1 * pose.scale);
      const found = estimatePose(landmarks, faceShape);
      expect(Math.abs(found.yaw - pose.yaw)).toBeLessThan(2.5);
      expect(Math.abs(found.pitch - pose.pitch)).toBeLessThan(2.5);
      expect(Math.abs(found.roll - pose.roll)).toBeLessThan(2.5);
      // Even draws over 0.1 have a standard deviation of 0.1 / sqrt(12) along each axis.
      expect(found.residual).toBeGreaterThan(0.03);
      expect(found.residual).toBeLessThan(0.05);
    }
  });
});

describe('the mean shape of a face', () => {
  it('is symmetric, with eyes one unit apart and a nose that sticks out', () => {
    expect(faceShape).toHaveLength(68);
    faceShape.forEach(([x, y, z], index) => {
      const [mirroredX, mirroredY, mirroredZ] = faceShape[mirroredLandmarks[index]!]!;
      expect([mirroredX, mirroredY, mirroredZ]).toEqual([expect.closeTo(-x, 6), expect.closeTo(y, 6), expect.closeTo(z, 6)]);
    });
    const [left, right, nose, mouthLeft, mouthRight] = fivePointShape as [ShapePoint, ShapePoint, ShapePoint, ShapePoint, ShapePoint];
    expect(right[0] - left[0]).toBeCloseTo(1, 2);
    expect(nose[2]).toBeGreaterThan(0.25);
    expect(faceShape[8]![1]).toBeGreaterThan(mouthLeft[1]);
    expect(mouthRight[0]).toBeGreaterThan(0.2);
    // The ends of the jaw lie behind the eyes.
    expect(faceShape[0]![2]).toBeLessThan(-0.3);
  });
});
