import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../electron/base/random.ts';
import {
  findClosestLooks,
  listLooks,
  similarityInTime,
  weightOfGap,
} from '../../../electron/clustering/suggestions/looks.ts';
import { faceSimilarity } from '../../../electron/clustering/suggestions/vectors.ts';
import { unknownDay } from '../../../electron/terms/capture-day.ts';
import { drawDirection } from '../synthetic-library.ts';
import { drawFaces, openInventedView } from './invented-view.ts';

function drawView(days: readonly number[]): ReturnType<typeof openInventedView> {
  const random = createRandom(1);
  const look = drawDirection(random);
  return openInventedView([{ faces: days.map((day) => ({ ...drawFaces(look, 1, random)[0]!, day })) }]);
}

describe('looks in time', () => {
  it('sum up a year each, undated faces apart', () => {
    const looks = listLooks(drawView([800, unknownDay, 10, 900, 374]), [0, 1, 2, 3, 4]);
    expect(looks.map(({ day, firstDay, count }) => [day, firstDay, count])).toEqual([
      [unknownDay, unknownDay, 1],
      [192, 10, 2],
      [850, 800, 2],
    ]);
  });

  it('compare as all pairs of faces do where nothing is dated', () => {
    const view = drawView(Array.from({ length: 7 }, () => unknownDay));
    const length = view.input.embeddingLength;
    let total = 0;
    for (const one of [0, 1, 2]) for (const other of [3, 4, 5, 6]) total += faceSimilarity(view.units, length, one, other);
    expect(similarityInTime(listLooks(view, [0, 1, 2]), listLooks(view, [3, 4, 5, 6]), length)).toBeCloseTo(total / 12, 6);
  });

  it('let pairs count half for every two years between them', () => {
    expect(weightOfGap(0, 0)).toBe(1);
    expect(weightOfGap(0, 730)).toBe(0.5);
    expect(weightOfGap(1460, 0)).toBe(0.25);
    expect(weightOfGap(unknownDay, 0)).toBe(weightOfGap(0, 5 * 365));
  });

  it('are closest as comparing all of them says', () => {
    const random = createRandom(2);
    for (let round = 0; round < 50; round++) {
      const draw = (): number => (random() < 0.15 ? unknownDay : Math.floor(random() * 20_000));
      const view = drawView(Array.from({ length: 12 }, draw));
      const ones = listLooks(view, [0, 1, 2, 3, 4]);
      const others = listLooks(view, [5, 6, 7, 8, 9, 10, 11]);
      const best = Math.max(...ones.flatMap((one) => others.map((other) => weightOfGap(one.day, other.day))));
      const [one, other] = findClosestLooks(ones, others);
      expect(weightOfGap(one.day, other.day)).toBe(best);
    }
  });
});
