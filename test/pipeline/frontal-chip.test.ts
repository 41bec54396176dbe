import { describe, expect, it } from 'vitest';
import { faceShape, fivePointShape } from '../../electron/geometry/face-shape.ts';
import { placeHead } from '../../electron/geometry/frontal-view.ts';
import { projectShape } from '../../electron/geometry/pose.ts';
import { samplePhoto } from '../../electron/imaging/decode.ts';
import type { SampledImage } from '../../electron/imaging/pixels.ts';
import { fitChip, pickFivePoints } from '../../electron/pipeline/align.ts';
import { cutFrontalChip } from '../../electron/pipeline/frontal-chip.ts';
import { readStandardManifest } from '../../native-models/packs/standard-pack.ts';
import { renderFace, type RenderedFace } from '../support/rendered-face.ts';

const { template } = readStandardManifest().embedder;
const side = template.chipSizePx;
const straight = { yaw: 0, pitch: 0, roll: 0 };

/** The same on both sides of the face, as faces are. */
function paintSymmetric(x: number, y: number): number {
  return 128 + 60 * Math.sin(4 * Math.abs(x) + 1) + 50 * Math.cos(3 * y);
}

function cutSimilarityChip({ photo, landmarks }: RenderedFace): SampledImage {
  return samplePhoto(photo, fitChip(landmarks, template), { width: side, height: side });
}

/** @param columns from, to; in chip pixels
 *  @returns mean difference between brows and chin */
function difference(one: SampledImage, other: SampledImage, [from, to]: readonly [number, number]): number {
  let sum = 0;
  let count = 0;
  for (let row = 40; row < 100; row++) {
    for (let column = from; column < to; column++, count++) {
      sum += Math.abs(one.data[(row * side + column) * 3]! - other.data[(row * side + column) * 3]!);
    }
  }
  return sum / count;
}

describe('a frontal chip', () => {
  it('of a face that looks straight on is the chip of the similarity transform', () => {
    const face = renderFace({ ...straight, roll: 14 }, (x, y) => 128 + 50 * Math.sin(5 * x) + 40 * Math.cos(4 * y + x));
    const { chip, pose, mirroredShares } = cutFrontalChip(face.photo, face.landmarks, template);
    expect(pose.yaw).toBeCloseTo(0, 2);
    expect(Math.max(...mirroredShares)).toBe(0);
    expect(difference(chip, cutSimilarityChip(face), [0, side])).toBeLessThan(0.05);
  });

  it('of a face that looks straight on stays as it is with five landmarks too', () => {
    const face = renderFace(straight, paintSymmetric);
    const five = Float32Array.from(pickFivePoints(face.landmarks).flat());
    expect(difference(cutFrontalChip(face.photo, five, template).chip, cutSimilarityChip(face), [0, side])).toBeLessThan(0.05);
  });

  it.each([
    { yaw: 25, pitch: 0, roll: 0 },
    { yaw: -30, pitch: 8, roll: -20 },
    { yaw: 12, pitch: -15, roll: 5 },
  ])('of a turned face shows it from the front: %o', (angles) => {
    const front = cutSimilarityChip(renderFace(straight, paintSymmetric));
    const face = renderFace(angles, paintSymmetric);
    const { chip, pose } = cutFrontalChip(face.photo, face.landmarks, template);
    expect(pose.yaw).toBeCloseTo(angles.yaw, 0);
    const before = difference(cutSimilarityChip(face), front, [22, 90]);
    const after = difference(chip, front, [22, 90]);
    expect(after).toBeLessThan(8);
    expect(after).toBeLessThan(before / 2.5);
  });

  it('takes what is hidden from the other side of the face, and nothing else', () => {
    const front = cutSimilarityChip(renderFace(straight, paintSymmetric));
    // The nose points to the right of the picture, so the cheek on the right of the chip is hidden.
    const { photo, landmarks } = renderFace({ ...straight, yaw: 38 }, paintSymmetric);
    const filled = cutFrontalChip(photo, landmarks, template);
    const unfilled = cutFrontalChip(photo, landmarks, template, { fillsHiddenSide: false });
    expect(difference(filled.chip, unfilled.chip, [20, 50])).toBe(0);
    expect(difference(unfilled.chip, front, [78, 92])).toBeGreaterThan(1.5 * difference(filled.chip, front, [78, 92]));
  });

  it('is refused for landmarks without a pose, a profile and another number of landmarks', () => {
    const { photo } = renderFace(straight, paintSymmetric, { sidePx: 8, eyeDistancePx: 2 });
    const refuse = (landmarks: Float32Array, code: string): void =>
      expect(() => cutFrontalChip(photo, landmarks, template)).toThrowError(expect.objectContaining({ code }));
    refuse(new Float32Array(136).fill(7), 'degenerate-landmarks');
    refuse(new Float32Array(136).fill(Number.NaN), 'degenerate-landmarks');
    refuse(projectShape(faceShape, { ...straight, yaw: 84, scale: 40 }), 'degenerate-landmarks');
    refuse(new Float32Array(12), 'bad-argument');
  });
});

it('a head is placed alike by all landmarks and by five', () => {
  const angles = { yaw: 20, pitch: -6, roll: 3 };
  for (const shape of [faceShape, fivePointShape]) {
    const { pose } = placeHead(projectShape(shape, { ...angles, scale: 30 }), 1000);
    expect(pose.yaw).toBeCloseTo(20, 0);
    expect(pose.pitch).toBeCloseTo(-6, 0);
    expect(pose.roll).toBeCloseTo(3, 0);
  }
});
