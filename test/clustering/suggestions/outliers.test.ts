import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../electron/base/random.ts';
import { rankOutliers } from '../../../electron/clustering/suggestions/outliers.ts';
import { drawDirection } from '../synthetic-library.ts';
import { drawFaces, drawOtherLook, openInventedView } from './invented-view.ts';

describe('rankOutliers', () => {
  it('shows a stranger first, and every face once', () => {
    const random = createRandom(1);
    const look = drawDirection(random);
    const faces = [...drawFaces(look, 7, random), ...drawFaces(drawDirection(random), 1, random), ...drawFaces(look, 4, random)];
    const ranked = rankOutliers(openInventedView([{ faces }]), 0);
    expect(ranked[0]!.face).toBe(7);
    expect(ranked[0]!.fit).toBeLessThan(0.01);
    for (const { fit } of ranked.slice(1)) expect(fit).toBeGreaterThan(0.9);
    expect(new Set(ranked.map(({ face }) => face)).size).toBe(12);
  });

  it('shows confirmed faces after all others', () => {
    const random = createRandom(2);
    const faces = [
      ...drawFaces(drawDirection(random), 1, random, { isConfirmed: true }),
      ...drawFaces(drawDirection(random), 6, random),
    ];
    const ranked = rankOutliers(openInventedView([{ faces }]), 0);
    expect(ranked.at(-1)!.face).toBe(0);
    expect(ranked.at(-1)!.fit).toBeLessThan(0.01);
  });

  it('finds nothing odd about somebody of one face', () => {
    const random = createRandom(3);
    const [only] = rankOutliers(openInventedView([{ faces: drawFaces(drawDirection(random), 1, random) }]), 0);
    expect(only!.fit).toBeGreaterThan(0.99);
  });

  it('doubts that of two faces in one photo which fits less well', () => {
    const random = createRandom(4);
    const look = drawDirection(random);
    const apart = [...drawFaces(look, 6, random), ...drawFaces(drawOtherLook(look, random), 1, random)];
    const together = apart.map((face, index) => (index === 0 || index === 6 ? { ...face, photo: 1 } : face));
    const odds = (faces: typeof apart, face: number): number => {
      const { fit } = rankOutliers(openInventedView([{ faces }]), 0).find((ranked) => ranked.face === face)!;
      return Math.log(fit / (1 - fit));
    };
    expect(odds(apart, 6) - odds(together, 6)).toBeCloseTo(3, 6);
    expect(odds(apart, 0)).toBeCloseTo(odds(together, 0), 6);
  });

  it('compares a face with those of its years', () => {
    const random = createRandom(5);
    const child = drawDirection(random);
    const adult = drawOtherLook(child, random);
    const faces = [...drawFaces(child, 3, random, { day: 0 }), ...drawFaces(adult, 30, random, { day: 7_300 })];
    const fits = (dated: typeof faces): number => {
      const ranked = rankOutliers(openInventedView([{ faces: dated }]), 0);
      return Math.min(...ranked.filter(({ face }) => face < 3).map(({ fit }) => fit));
    };
    expect(fits(faces)).toBeGreaterThan(0.95);
    expect(fits(faces.map(({ embedding }) => ({ embedding })))).toBeLessThan(0.9);
  });
});
