import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../electron/base/random.ts';
import { listMixed } from '../../../electron/clustering/suggestions/mixed.ts';
import { drawDirection } from '../synthetic-library.ts';
import { drawFaces, openInventedView, type InventedPerson } from './invented-view.ts';

describe('listMixed', () => {
  it('warns of people with two people in them, named ones before others as sure, and of nobody else', () => {
    const random = createRandom(1);
    const draw = (count: number): InventedPerson['faces'] => drawFaces(drawDirection(random), count, random);
    const view = openInventedView([
      { faces: draw(8) },
      { faces: [...draw(6), ...draw(2)] },
      { faces: draw(2) },
      { faces: [...draw(200), ...draw(4)], name: 'Anna' },
      { faces: [...draw(6), ...draw(6)], isIgnored: true },
    ]);
    const mixed = listMixed(view);
    expect(mixed.map(({ person }) => person).sort()).toEqual([1, 3]);
    for (const { probability } of mixed) expect(probability).toBeGreaterThan(0.95);
  });

  it('takes one odd face for an outlier, unless it stands beside the person', () => {
    const random = createRandom(2);
    const look = drawDirection(random);
    const own = drawFaces(look, 5, random, { photo: 3 }).map((face, index) => (index === 0 ? face : { embedding: face.embedding }));
    const [odd] = drawFaces(drawDirection(random), 1, random);
    expect(listMixed(openInventedView([{ faces: [...own, odd!] }]))).toEqual([]);
    expect(listMixed(openInventedView([{ faces: [...own, { ...odd!, photo: 3 }] }])).length).toBe(1);
  });

  it('does not judge by blurred faces', () => {
    const random = createRandom(3);
    const faces = [
      ...drawFaces(drawDirection(random), 6, random),
      ...drawFaces(drawDirection(random), 3, random, { quality: 0.1 }),
    ];
    expect(listMixed(openInventedView([{ faces }]))).toEqual([]);
  });
});
