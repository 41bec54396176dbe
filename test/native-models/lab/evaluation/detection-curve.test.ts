import { describe, expect, it } from 'vitest';
import { traceDetections } from '../../../../native-models/lab/evaluation/detection-curve.ts';
import { drawDetection } from '../../../../native-models/lab/evaluation/draw-detection.ts';
import { scoreDetections } from '../../../../native-models/lab/evaluation/detection.ts';

const boxAt = (x: number) => ({ x, y: 0, width: 10, height: 10 });
const face = (x: number, isOptional = false) => ({ box: boxAt(x), isOptional });
const found = (x: number, score: number) => ({ box: boxAt(x), score });

// Four faces; by falling score: right, false, right, an optional one, right.
const photos = [
  { photo: 'a', truth: [face(0), face(20), face(80, true)], found: [found(0, 0.9), found(50, 0.8), found(20, 0.7), found(80, 0.65)] },
  { photo: 'b', truth: [face(0), face(40)], found: [found(0, 0.6)] },
];

describe('traceDetections', () => {
  it('agrees with a computation by hand', () => {
    const { points, averagePrecision } = traceDetections(photos);
    expect(points).toEqual([
      { score: 0.9, precision: 1, recall: 0.25 },
      { score: 0.8, precision: 0.5, recall: 0.25 },
      { score: 0.7, precision: 2 / 3, recall: 0.5 },
      { score: 0.6, precision: 0.75, recall: 0.75 },
    ]);
    // 1 up to a quarter, then 0.75, the best that is still to come, up to three quarters.
    expect(averagePrecision).toBeCloseTo(0.25 + 0.5 * 0.75, 12);
  });

  it('takes equal scores together, and needs no faces', () => {
    const equal = [{ photo: 'a', truth: [face(0)], found: [found(50, 0.8), found(0, 0.8)] }];
    expect(traceDetections(equal).points).toEqual([{ score: 0.8, precision: 0.5, recall: 1 }]);
    expect(traceDetections([{ photo: 'a', truth: [], found: [] }])).toEqual({ points: [], averagePrecision: 1 });
  });
});

describe('scoreDetections', () => {
  it('says by photo what was found, missed and false, and how the boxes overlap', () => {
    const { overlaps, byPhoto } = scoreDetections(photos);
    expect(overlaps).toEqual([1, 1, 1]);
    expect(byPhoto).toEqual([
      { photo: 'a', faces: 2, facesFound: 2, falseFaces: 1, meanOverlap: 1 },
      { photo: 'b', faces: 2, facesFound: 1, falseFaces: 0, meanOverlap: 1 },
    ]);
  });
});

describe('drawDetection', () => {
  it('draws both charts', () => {
    const charts = drawDetection('standard pack', { scores: scoreDetections(photos), curve: traceDetections(photos) });
    expect(charts.precisionRecall.match(/<circle/g)).toHaveLength(4);
    expect(charts.overlaps).toContain('counts as found');
  });
});
