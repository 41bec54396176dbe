import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../electron/base/random.ts';
import { proposeSplit } from '../../../electron/clustering/suggestions/split.ts';
import { drawDirection } from '../synthetic-library.ts';
import { drawFaces, drawOtherLook, openInventedView } from './invented-view.ts';

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}

describe('proposeSplit', () => {
  it('leaves one person whole', () => {
    const random = createRandom(1);
    const { groups, probability } = proposeSplit(openInventedView([{ faces: drawFaces(drawDirection(random), 20, random) }]), 0);
    expect(groups).toEqual([range(0, 20)]);
    expect(probability).toBeLessThan(0.1);
  });

  it('tells three people apart, the most photographed first', () => {
    const random = createRandom(2);
    const faces = [4, 9, 6].flatMap((count) => drawFaces(drawDirection(random), count, random));
    const { groups, probability } = proposeSplit(openInventedView([{ faces }]), 0);
    expect(groups).toEqual([range(4, 13), range(13, 19), range(0, 4)]);
    expect(probability).toBeGreaterThan(0.9);
  });

  it('keeps confirmed faces together in the first group, whatever they look like', () => {
    const random = createRandom(3);
    const looks = [drawDirection(random), drawDirection(random), drawDirection(random)];
    const faces = looks.flatMap((look, index) => drawFaces(look, 5, random).map((face, at) => ({ ...face, isConfirmed: index < 2 && at < 2 })));
    const { groups } = proposeSplit(openInventedView([{ faces }]), 0);
    expect(groups[0]).toEqual(expect.arrayContaining([0, 1, 5, 6]));
    expect(groups.slice(1).flat()).toEqual(expect.arrayContaining(range(10, 15)));
    expect(groups.flat().sort((one, other) => one - other)).toEqual(range(0, 15));
  });

  it('puts blurred faces with whom they resemble most', () => {
    const random = createRandom(4);
    const [one, other] = [drawDirection(random), drawDirection(random)];
    const faces = [
      ...drawFaces(one, 5, random),
      ...drawFaces(other, 4, random),
      ...drawFaces(drawOtherLook(other, random), 1, random, { quality: 0.05 }),
    ];
    expect(proposeSplit(openInventedView([{ faces }]), 0).groups).toEqual([range(0, 5), range(5, 10)]);
  });

  it('does not call a child and the adult it became two people where photos lie between', () => {
    const random = createRandom(5);
    const looks = [drawDirection(random)];
    for (let age = 1; age < 5; age++) looks.push(drawOtherLook(looks[age - 1]!, random));
    // A step of 0.41 between looks would be another person within a year or two.
    const aging = looks.flatMap((_, age) => {
      const between = looks[age]!.map((value, at) => value + (looks[age + 1]?.[at] ?? value));
      const length = Math.hypot(...between);
      return [looks[age]!, between.map((value) => value / length)].flatMap((look, half) => drawFaces(look, 5, random, { day: 800 * (2 * age + half) }));
    });
    const undated = aging.map(({ embedding }) => ({ embedding }));
    const dated = proposeSplit(openInventedView([{ faces: aging }]), 0).groups.length;
    expect(dated).toBeLessThan(proposeSplit(openInventedView([{ faces: undated }]), 0).groups.length);
  });

  it('finds a second person of a few faces among very many', () => {
    const random = createRandom(6);
    const faces = [...drawFaces(drawDirection(random), 1_200, random), ...drawFaces(drawDirection(random), 6, random)];
    const { groups } = proposeSplit(openInventedView([{ faces }]), 0);
    expect(groups).toContainEqual(range(1_200, 1_206));
    expect(groups[0]!.length).toBeGreaterThan(1_180);
  });

  it('has nothing to split of somebody without faces', () => {
    const random = createRandom(7);
    const view = openInventedView([{ faces: drawFaces(drawDirection(random), 2, random) }, { faces: [] }]);
    expect(proposeSplit(view, 1)).toEqual({ groups: [], probability: 0 });
  });
});
