import { describe, expect, it } from 'vitest';
import { drawLibrary } from '../../../../../native-models/lab/evaluation/effort/draw-library.ts';
import { evaluateEffort } from '../../../../../native-models/lab/evaluation/effort/evaluate-effort.ts';
import { HandLibrary } from '../../../../../native-models/lab/evaluation/effort/hand-library.ts';
import { inventPeople } from '../../../../support/invented-people.ts';

const sizes = { family: 3, candidates: 4, strangers: 20 };

describe('drawLibrary', () => {
  it('draws family with all their photos among those photographed most, and strangers', () => {
    const { truth, photos, faceNames } = drawLibrary(inventPeople(128), sizes, 1);
    expect(truth.named.size).toBe(3);
    for (const person of truth.named) expect(['person 11', 'person 10', 'person 9', 'person 8']).toContain(person);
    const shown = new Map<string, number>();
    for (const { person } of photos) shown.set(person, (shown.get(person) ?? 0) + 1);
    expect(shown.size).toBe(23);
    for (const person of truth.named) expect(shown.get(person)).toBe(10 + Number(person.split(' ')[1]));
    expect(faceNames).toHaveLength(photos.reduce((sum, { faces }) => sum + faces.length, 0));
    expect([...truth.identities.values()].filter((identity) => identity === null).length).toBe(faceNames.length - photos.length);
  });

  it('draws the same for a seed, and refuses what the photos do not show', () => {
    const people = inventPeople(128);
    expect(drawLibrary(people, sizes, 5)).toEqual(drawLibrary(people, sizes, 5));
    expect(drawLibrary(people, sizes, 6)).not.toEqual(drawLibrary(people, sizes, 5));
    expect(() => drawLibrary(people, { ...sizes, strangers: 61 }, 1)).toThrow('61 seldom');
  });
});

describe('evaluateEffort', () => {
  it('counts every baseline on libraries of both halves, and compares sums', async () => {
    let open = 0;
    const result = await evaluateEffort(inventPeople(128), {
      sizes: { family: 3, candidates: 4, strangers: 10 },
      goal: 'tolerant',
      seeds: [1, 2],
      sameDistance: 1.04,
      costs: { joinByName: 1 },
      openLibrary: async ({ faceNames, truth }) => {
        open += 1;
        // A program that knows everybody from the start.
        const identities = [...new Set(truth.identities.values())];
        const labels = Int32Array.from(faceNames, (face, index) => {
          const identity = truth.identities.get(face)!;
          return identity === null ? 1000 + index : identities.indexOf(identity);
        });
        return {
          library: new HandLibrary(faceNames, labels),
          close: async () => {
            open -= 1;
          },
        };
      },
    });
    expect(open).toBe(0);
    expect(result.libraries.map(({ half, seed }) => `${half} ${seed}`)).toEqual(['tune 1', 'tune 2', 'test 1', 'test 2']);
    // Three names each, which is the least that anybody can do.
    expect(result.actions.kindred).toBe(12);
    for (const { kindred, baselines } of result.libraries) {
      expect(kindred.standing.isFinished).toBe(true);
      for (const effort of Object.values(baselines)) expect(effort.actions).toBeGreaterThanOrEqual(3);
    }
    expect(result.ratio).toBe(12 / result.actions[result.best]);
  });
});
