import { describe, expect, it } from 'vitest';
import { applyAffine, invertAffine } from '../../electron/geometry/affine.ts';
import type { AffineMatrix } from '../../electron/geometry/types.ts';
import type { PixelImage } from '../../electron/imaging/pixels.ts';
import { fitChip, pickFivePoints } from '../../electron/pipeline/align.ts';
import { createInputTensor } from '../../electron/pipeline/input-tensor.ts';
import { mergeScales, suppressOverlaps, type Detection } from '../../electron/pipeline/merge-detections.ts';
import { readStandardManifest } from '../../native-models/packs/standard-pack.ts';

const face = (x: number, y: number, side: number, score: number): Detection => ({
  box: { x, y, width: side, height: side },
  score,
  fivePoints: null,
});
const merging = { maxIntersectionOverUnion: 0.4, maxIntersectionOverSmaller: 0.6 };

describe('merging detections', () => {
  it('keeps the best of those that overlap and all that do not', () => {
    const kept = suppressOverlaps([face(0, 0, 100, 0.8), face(5, 5, 100, 0.9), face(300, 0, 100, 0.7)], 0.4);
    expect(kept.map(({ score }) => score)).toEqual([0.9, 0.7]);
  });

  it('keeps neighbours that only touch', () => {
    expect(mergeScales([face(0, 0, 100, 0.9), face(80, 0, 100, 0.9)], merging)).toHaveLength(2);
  });

  it('drops a part of a face that a finer scale took for one', () => {
    expect(mergeScales([face(0, 0, 200, 0.98), face(60, 90, 60, 0.99)], merging)).toEqual([face(0, 0, 200, 0.98)]);
  });

  it('drops a big box around several better faces', () => {
    const merged = mergeScales([face(0, 0, 400, 0.7), face(20, 20, 100, 0.99), face(250, 30, 100, 0.98)], merging);
    expect(merged.map(({ score }) => score)).toEqual([0.99, 0.98]);
  });

  it('does not depend on the order and changes nothing the second time', () => {
    const all = [face(0, 0, 100, 0.9), face(10, 10, 100, 0.95), face(500, 0, 50, 0.8), face(30, 30, 30, 0.97)];
    const merged = mergeScales(all, merging);
    expect(mergeScales([...all].reverse(), merging)).toEqual(merged);
    expect(mergeScales(merged, merging)).toEqual(merged);
  });
});

describe('a chip', () => {
  const { template } = readStandardManifest().embedder;

  /** 68 points whose five means are the template's, moved by the matrix. */
  function createLandmarks(matrix: AffineMatrix): Float32Array {
    const landmarks = new Float32Array(136);
    const groups = [[37, 38, 40, 41], [43, 44, 46, 47], [30], [48, 60], [54, 64]];
    for (const [index, group] of groups.entries()) {
      const [x, y] = applyAffine(matrix, template.points[index]!);
      for (const at of group) landmarks.set([x, y], at * 2);
    }
    return landmarks;
  }

  it('brings the five points of a turned and scaled face to the template', () => {
    const placed: AffineMatrix = [2.1, -0.8, 400, 0.8, 2.1, 300];
    const expected = invertAffine(placed);
    for (const [index, value] of fitChip(createLandmarks(placed), template).entries()) {
      expect(value).toBeCloseTo(expected[index]!, 3);
    }
  });

  it('takes the means of lids and corners of the mouth', () => {
    const landmarks = new Float32Array(136);
    landmarks.set([10, 20], 37 * 2);
    landmarks.set([30, 40], 38 * 2);
    expect(pickFivePoints(landmarks)[0]).toEqual([10, 15]);
  });

  it('is refused where all landmarks coincide', () => {
    expect(() => fitChip(new Float32Array(136).fill(7), template)).toThrowError(
      expect.objectContaining({ code: 'degenerate-landmarks' }),
    );
    expect(() => fitChip(new Float32Array(12), template)).toThrowError(expect.objectContaining({ code: 'bad-argument' }));
  });
});

describe('an input tensor', () => {
  const image: PixelImage = { width: 2, height: 1, data: Uint8Array.of(10, 20, 30, 40, 50, 60) };
  const input = { name: 'input', shape: [1, 3, 1, 2], layout: 'nchw', channelOrder: 'rgb', mean: 10, scale: 10 } as const;

  it('holds plane after plane in the order of the manifest', () => {
    expect([...createInputTensor([image], { ...input, shape: [1, 3, 1, 2] }).data]).toEqual([0, 3, 1, 4, 2, 5]);
    const bgr = createInputTensor([image], { ...input, shape: [1, 3, 1, 2], channelOrder: 'bgr' });
    expect([...bgr.data]).toEqual([2, 5, 1, 4, 0, 3]);
  });

  it('holds grey as one plane, and a batch one picture after the other', () => {
    const tensor = createInputTensor([image, image], { ...input, shape: [1, 1, 1, 2], channelOrder: 'grey', mean: 0, scale: 1 });
    expect(tensor.shape).toEqual([2, 1, 1, 2]);
    for (const [at, expected] of [18.15, 48.15, 18.15, 48.15].entries()) expect(tensor.data[at]).toBeCloseTo(expected, 4);
  });

  it('holds channel beside channel where the layout says so', () => {
    const tensor = createInputTensor([image], { ...input, shape: [1, 3, 1, 2], layout: 'nhwc', channelOrder: 'bgr' });
    expect(tensor.shape).toEqual([1, 1, 2, 3]);
    expect([...tensor.data]).toEqual([2, 1, 0, 5, 4, 3]);
  });

  it('is refused for a picture of another size', () => {
    expect(() => createInputTensor([image], { ...input, shape: [1, 3, 2, 2] })).toThrowError(
      expect.objectContaining({ code: 'bad-argument' }),
    );
  });
});
