import { describe, expect, it } from 'vitest';
import { AppError } from '../../../../electron/base/errors.ts';
import { matchFaces, scoreDetections, squareOfSameArea } from '../../../../native-models/lab/evaluation/detection.ts';

const box = (x: number, y: number, width = 10, height = 10) => ({ x, y, width, height });
const face = (x: number, y: number) => ({ box: box(x, y), isOptional: false });

describe('matchFaces', () => {
  it('takes an overlap of exactly the least one, and none below', () => {
    // Half of a box: 50 shared of 100 in all.
    const half = { box: box(0, 0, 10, 5), score: 1 };
    expect(matchFaces([face(0, 0)], [half])).toEqual([{ truth: 0, found: 0, intersectionOverUnion: 0.5 }]);
    const less = { box: box(0, 0, 10, 4.99), score: 1 };
    expect(matchFaces([face(0, 0)], [less])).toEqual([]);
    expect(matchFaces([face(0, 0)], [less], 0.4)).toHaveLength(1);
  });

  it('serves the higher score first, even where the lower one overlaps more', () => {
    const found = [
      { box: box(0, 0), score: 0.7 },
      { box: box(1, 0), score: 0.9 },
    ];
    expect(matchFaces([face(0, 0)], found).map(({ found: index }) => index)).toEqual([1]);
  });

  it('gives a detection the face that it overlaps most, and the next best where that one is taken', () => {
    const truth = [face(0, 0), face(2, 0)];
    const found = [
      { box: box(1.5, 0), score: 0.9 },
      { box: box(2, 0), score: 0.8 },
    ];
    const matches = matchFaces(truth, found);
    expect(matches.map(({ truth: of, found: by }) => [of, by])).toEqual([[1, 0], [0, 1]]);
    expect(matches[1]!.intersectionOverUnion).toBeCloseTo(8 / 12, 12);
  });

  it('serves the first of equal scores, and leaves the second unmatched', () => {
    const found = [1, 1].map((score) => ({ box: box(0, 0), score }));
    expect(matchFaces([face(0, 0)], found)).toMatchObject([{ found: 0 }]);
  });

  it('matches nothing with nothing', () => {
    expect(matchFaces([], [{ box: box(0, 0), score: 1 }])).toEqual([]);
    expect(matchFaces([face(0, 0)], [])).toEqual([]);
    expect(matchFaces([{ box: box(0, 0, 0, 0) }], [{ box: box(0, 0, 0, 0), score: 1 }])).toEqual([]);
  });

  it.each([0, 1.1, Number.NaN])('refuses %s as the least overlap', (overlap) => {
    expect(() => matchFaces([], [], overlap)).toThrow(AppError);
  });
});

describe('scoreDetections', () => {
  it('agrees with a count by hand', () => {
    const scores = scoreDetections([
      {
        photo: 'a.jpg',
        truth: [face(0, 0), face(50, 0), face(100, 0)],
        // The first twice: the second time it is false.
        found: [
          { box: box(0, 0), score: 0.9 },
          { box: box(0, 1), score: 0.8 },
          { box: box(50, 2), score: 0.7 },
        ],
      },
      { photo: 'b.jpg', truth: [], found: [{ box: box(3, 4), score: 0.6 }] },
      { photo: 'c.jpg', truth: [face(0, 0)], found: [] },
    ]);
    expect(scores).toMatchObject({ photos: 3, faces: 4, facesFound: 2, recall: 0.5, precision: 0.5, falseFaces: 2 });
    expect(scores.falsePerPhoto).toBeCloseTo(2 / 3, 12);
    expect(scores.meanOverlap).toBeCloseTo((1 + 8 / 12) / 2, 12);
    expect(scores.missed).toEqual([
      { photo: 'a.jpg', box: box(100, 0) },
      { photo: 'c.jpg', box: box(0, 0) },
    ]);
    expect(scores.false).toEqual([
      { photo: 'a.jpg', box: box(0, 1), score: 0.8 },
      { photo: 'b.jpg', box: box(3, 4), score: 0.6 },
    ]);
  });

  it('counts a face that annotators left aside neither as missed nor as false', () => {
    const truth = [{ box: box(0, 0), isOptional: true }, { box: box(50, 0), isOptional: true }];
    const scores = scoreDetections([{ photo: 'a.jpg', truth, found: [{ box: box(0, 0), score: 1 }] }]);
    expect(scores).toMatchObject({ faces: 0, facesFound: 0, recall: 1, precision: 1, falseFaces: 0, meanOverlap: null, missed: [] });
  });

  it('refuses no photos', () => {
    expect(() => scoreDetections([])).toThrow(AppError);
  });
});

describe('squareOfSameArea', () => {
  it('keeps area and centre', () => {
    expect(squareOfSameArea(box(10, 20, 4, 9))).toEqual({ x: 9, y: 21.5, width: 6, height: 6 });
  });
});
