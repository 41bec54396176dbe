import { describe, expect, it } from 'vitest';
import type { FaceId } from '../../electron/base/ids.ts';
import { createRandom, type Random } from '../../electron/base/random.ts';
import { LibraryClustering } from '../../electron/clustering/library-clustering.ts';
import { drawAround, drawDirection, testOptions, toInput, toUnit, type Decisions, type InventedFace } from './synthetic-library.ts';

const daysOfYear = 365.25;
const firstYear = 30;

/** Turns from one direction towards another. @param angle radians */
function turn(from: Float32Array, towards: Float32Array, angle: number): Float32Array {
  const overlap = from.reduce((sum, value, at) => sum + value * towards[at]!, 0);
  const across = toUnit(towards.map((value, at) => value - overlap * from[at]!));
  return from.map((value, at) => Math.cos(angle) * value + Math.sin(angle) * across[at]!);
}

/** Somebody who is photographed three times a year and looks a little different every year: after ten years as unlike
 *  themselves as a stranger. */
function growUp(name: string, start: Float32Array, { random, years = 16, photo }: { random: Random; years?: number; photo: number }) {
  const grown = drawDirection(random);
  return Array.from({ length: years * 3 }, (_, at): InventedFace => {
    const age = Math.floor(at / 3);
    return {
      id: `${name}-${String(at).padStart(2, '0')}` as FaceId,
      embedding: drawAround(turn(start, grown, (age * Math.PI) / 20), 0.75, random),
      identity: name === 'anna' ? 0 : 1,
      photo: photo + at,
      quality: 1,
      day: Math.floor((firstYear + age + (at % 3) / 4) * daysOfYear),
    };
  });
}

function cluster(faces: readonly InventedFace[], decisions: Decisions = {}) {
  return new LibraryClustering().run(toInput(faces, decisions), testOptions, { scope: 'settled' });
}

describe('a child that grows up', () => {
  const random = createRandom(8);
  const start = drawDirection(random);
  const anna = growUp('anna', start, { random, photo: 0 });

  it('is one person where dates tell its ages, and several where they do not', () => {
    expect(cluster(anna).clusters.length).toBe(1);
    expect(cluster(anna.map(({ day: _, ...face }) => face)).clusters.length).toBeGreaterThan(1);
  });

  it('stays apart from a sibling who looks alike at every age', () => {
    // Siblings of two years' difference: each year as alike as a bad pair of one person.
    const sibling = growUp('marie', drawAround(start, 0.2, random), { random, photo: 1000 });
    for (const members of cluster([...anna, ...sibling]).clusters) {
      expect(new Set(members.map((id) => id.slice(0, 4))).size).toBe(1);
    }
  });

  it('takes new photos in at its present age', () => {
    const before = anna.slice(0, -3);
    const personOf = new Map(before.map(({ id }) => [id, 'anna']));
    const decisions = { personOf, held: new Set(['anna']) };
    const result = new LibraryClustering().run(toInput(anna, decisions), testOptions, { scope: 'everybody' });
    expect(result.assignments).toEqual(anna.slice(-3).map(({ id }) => ({ faceId: id, person: 'anna' })));
  });

  it('is not who was photographed before its birth', () => {
    const personOf = new Map(anna.slice(9).map(({ id }) => [id, 'anna']));
    const held = new Set(['anna']);
    const joined = (born?: number): number => {
      const decisions = { personOf, held, ...(born === undefined ? {} : { born: new Map([['anna', born]]) }) };
      return cluster(anna, decisions).assignments.filter(({ person }) => person === 'anna').length;
    };
    expect(joined()).toBe(9);
    expect(joined(Math.floor(firstYear * daysOfYear))).toBe(9);
    expect(joined(Math.floor((firstYear + 2) * daysOfYear))).toBe(3);
    expect(joined((firstYear + 50) * daysOfYear)).toBe(0);
  });
});
