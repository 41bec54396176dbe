import { describe, expect, it } from 'vitest';
import { drawPairs, indexPairPhotos } from '../../../../../native-models/lab/evaluation/pairs/pair-photos.ts';

/** @returns people with so many photos each, named as Labeled Faces in the Wild does */
function inventPhotos(counts: readonly number[]) {
  return counts.flatMap((count, person) =>
    Array.from({ length: count }, (_, photo) => ({
      person: `P${person}`,
      path: `/data/P${person}/P${person}_${String(photo + 1).padStart(4, '0')}.jpg`,
    })),
  );
}

const photos = inventPhotos(Array.from({ length: 40 }, (_, person) => 1 + (person % 4)));
const options = { folds: 4, pairsPerFold: 10, seed: 3 };

describe('drawPairs', () => {
  it('draws so many different pairs of each kind, of photos that are there', () => {
    const find = indexPairPhotos(photos);
    for (const fold of drawPairs(photos, options)) {
      expect(fold.map(({ isGenuine }) => isGenuine)).toEqual([...Array.from({ length: 10 }, () => true), ...Array.from({ length: 10 }, () => false)]);
      const names = fold.map(({ first, second }) => [first, second].map(({ person, number }) => `${person} ${number}`).sort().join());
      expect(new Set(names).size).toBe(20);
      for (const { first, second, isGenuine } of fold) {
        expect(first.person === second.person).toBe(isGenuine);
        expect(find(first)).not.toBeNull();
        expect(find(second)).not.toBeNull();
      }
    }
  });

  it('has nobody in two folds', () => {
    const people = drawPairs(photos, options).map((fold) => new Set(fold.flatMap(({ first, second }) => [first.person, second.person])));
    const all = people.flatMap((names) => [...names]);
    expect(new Set(all).size).toBe(all.length);
  });

  it('draws the same by the same seed, and others by another', () => {
    expect(drawPairs(photos, options)).toEqual(drawPairs(photos, options));
    expect(drawPairs(photos, { ...options, seed: 4 })).not.toEqual(drawPairs(photos, options));
  });

  it('says how many pairs there are where they are too few', () => {
    expect(() => drawPairs(inventPhotos([2, 2, 1, 1]), { folds: 2, pairsPerFold: 2, seed: 1 })).toThrow(
      /^Expected photos named Name_0001\.jpg for 2 pairs of each kind in fold 1 but received \d pairs of one person and \d of two$/,
    );
  });
});

describe('indexPairPhotos', () => {
  it('finds photos by the number in their name, however it is padded', () => {
    const find = indexPairPhotos([
      { person: 'Al', path: '/data/Al/Al_0002.jpg' },
      { person: 'Al', path: '/data/Al/holiday.jpg' },
    ]);
    expect(find({ person: 'Al', number: 2 })?.path).toBe('/data/Al/Al_0002.jpg');
    expect(find({ person: 'Al', number: 1 })).toBeNull();
    expect(find({ person: 'Bo', number: 2 })).toBeNull();
  });
});
