import { describe, expect, it } from 'vitest';
import { AppError } from '../../../../electron/base/errors.ts';
import { clusteringMethods, type PackFacts } from '../../../../native-models/lab/evaluation/clustering-methods.ts';
import { dealOut, evaluateClustering, type MainFace } from '../../../../native-models/lab/evaluation/evaluate-clustering.ts';
import { inventFaces, testOptions } from '../../../clustering/synthetic-library.ts';

const pack: PackFacts = { clustering: testOptions, slope: 31, maxLogOdds: 8 };

function photosOf(seed: number, people: number, similarity: number): MainFace[] {
  return inventFaces(seed, people, 6, similarity).map(({ identity, embedding, quality }) => ({
    person: `person ${identity}`,
    embedding,
    quality,
  }));
}

const options = { methods: clusteringMethods, testedHalves: ['tune', 'test'], pack, distance: null, seed: 1, now: () => 0 } as const;

describe('evaluateClustering', () => {
  it('finds people again by every method who differ as real ones do, and counts each half and both', () => {
    const photos = photosOf(3, 60, 0.7);
    const { figures, people, everybody } = evaluateClustering(photos, options);
    expect(people).toBe(60);
    expect(figures.map(({ method, tested }) => `${method} ${tested}`)).toEqual(
      [...clusteringMethods, 'built-in'].flatMap((method) => ['tune', 'test', 'both'].map((tested) => `${method} ${tested}`)),
    );
    for (const { scores, method } of figures) expect(scores.bCubed.f, method).toBeGreaterThan(0.95);
    const bothItems = figures.filter(({ tested }) => tested === 'both').map(({ scores }) => scores.items);
    expect(bothItems).toEqual(bothItems.map(() => photos.length));
    expect(everybody.map(({ method, scores }) => [method, scores.items])).toEqual([['built-in', photos.length]]);
  });

  it('takes a distance that is given, and then tunes nothing', () => {
    const photos = photosOf(3, 20, 0.7);
    const { figures, everybody } = evaluateClustering(photos, { ...options, testedHalves: ['test'], distance: 0.9 });
    expect(everybody.map(({ method }) => method)).toEqual([...clusteringMethods, 'built-in']);
    const tuned = figures.filter(({ method }) => method !== 'built-in');
    expect(tuned.map(({ settings }) => settings.map(({ distance }) => distance))).toEqual(tuned.map(() => [0.9]));
  });

  it('counts a photo without a main face as a cluster of its own', () => {
    const photos = [...photosOf(3, 20, 0.75), ...['person 1', 'person 1'].map((person) => ({ person, embedding: null, quality: 0 }))];
    const { missed, everybody } = evaluateClustering(photos, { ...options, methods: [] });
    expect(missed).toBe(2);
    const without = evaluateClustering(photos.slice(0, -2), { ...options, methods: [] }).everybody;
    expect(everybody[0]!.scores.clusters).toBe(without[0]!.scores.clusters + 2);
  });

  it('says so where there are no halves, or nobody in one', () => {
    const one = photosOf(1, 1, 0.7);
    expect(() => evaluateClustering(one, options)).toThrow(AppError);
    expect(() => evaluateClustering([...one, { person: 'nobody', embedding: null, quality: 0 }], options)).toThrow('Expected main faces');
  });
});

describe('dealOut', () => {
  it('puts every person into one half, and the same into the same for a seed', () => {
    const photos = photosOf(5, 31, 0.7);
    const { tune, test } = dealOut(photos, 4);
    const [tuned, tested] = [tune, test].map((half) => new Set(half.map(({ person }) => person)));
    expect([tuned!.size, tested!.size]).toEqual([16, 15]);
    expect([...tuned!].filter((person) => tested!.has(person))).toEqual([]);
    expect(tune.length + test.length).toBe(photos.length);
    expect(dealOut(photos, 4)).toEqual({ tune, test });
    expect(dealOut(photos, 5)).not.toEqual({ tune, test });
  });
});
