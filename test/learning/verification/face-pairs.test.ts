import { describe, expect, it } from 'vitest';
import { AppError } from '../../../electron/base/errors.ts';
import { createRandom } from '../../../electron/base/random.ts';
import { measurePairs } from '../../../electron/learning/verification/face-pairs.ts';

/** Faces of people around centres of their own: numbers that no two pairs share. */
function scatter(peopleCount: number, facesEach: number, length: number) {
  const random = createRandom(3);
  const centres = Array.from({ length: peopleCount }, () => Array.from({ length }, () => random() - 0.5));
  const people: string[] = [];
  const numbers: number[] = [];
  for (let face = 0; face < peopleCount * facesEach; face++) {
    const person = face % peopleCount;
    people.push(`person ${person}`);
    numbers.push(...centres[person]!.map((value) => value + 0.2 * (random() - 0.5)));
  }
  return { people, length, embeddings: Float32Array.from(numbers) };
}

function listSquaredDistances(faces: ReturnType<typeof scatter>, isGenuine: boolean): number[] {
  const { people, length, embeddings } = faces;
  const distances: number[] = [];
  for (let first = 0; first < people.length; first++) {
    for (let second = first + 1; second < people.length; second++) {
      if ((people[first] === people[second]) !== isGenuine) continue;
      let squares = 0;
      for (let at = 0; at < length; at++) squares += (embeddings[first * length + at]! - embeddings[second * length + at]!) ** 2;
      distances.push(squares);
    }
  }
  return distances.sort((one, other) => one - other);
}

function expectClose(received: Float32Array, expected: readonly number[]): void {
  expect(received).toHaveLength(expected.length);
  let worst = 0;
  expected.forEach((value, index) => (worst = Math.max(worst, Math.abs(value - received[index]!))));
  expect(worst).toBeLessThan(1e-5);
}

describe('measurePairs', () => {
  it('measures every pair of faces once, in blocks that do not fit evenly', () => {
    const faces = scatter(31, 9, 19);
    const pairs = measurePairs(faces, 'euclidean', 1);
    expect(pairs.impostorCount).toBe((279 * 278) / 2 - 31 * 36);
    expectClose(pairs.genuine.squaredDistances, listSquaredDistances(faces, true));
    expectClose(pairs.impostors.squaredDistances, listSquaredDistances(faces, false));
  });

  it('keeps the closest impostors and all genuine pairs where there are many', () => {
    const faces = scatter(500, 3, 8);
    const pairs = measurePairs(faces, 'euclidean', 0.05);
    const all = listSquaredDistances(faces, false);
    const kept = pairs.impostors.squaredDistances.length;
    expect(pairs.impostorCount).toBe(all.length);
    expect(kept / all.length).toBeGreaterThan(0.045);
    expect(kept / all.length).toBeLessThan(0.055);
    expectClose(pairs.impostors.squaredDistances, all.slice(0, kept));
    expectClose(pairs.genuine.squaredDistances, listSquaredDistances(faces, true));
  });

  it('says whose faces a pair is of', () => {
    // On a line: a 0, b 1, a 3.
    const { people, genuine, impostors } = measurePairs(
      { people: ['a', 'b', 'a'], length: 1, embeddings: Float32Array.of(0, 1, 3) },
      'euclidean',
      1,
    );
    expect(people).toEqual(['a', 'b']);
    expect([...genuine.squaredDistances]).toEqual([9]);
    expect([genuine.firstPeople[0], genuine.secondPeople[0]]).toEqual([0, 0]);
    expect([...impostors.squaredDistances]).toEqual([1, 4]);
    expect([impostors.firstPeople[1], impostors.secondPeople[1]]).toEqual([1, 0]);
  });

  it('looks at directions alone where the metric is the cosine', () => {
    const embeddings = Float32Array.of(2, 0, 0, 3, 5, 0);
    const { genuine, impostors } = measurePairs({ people: ['a', 'b', 'a'], length: 2, embeddings }, 'cosine', 1);
    expect([...genuine.squaredDistances]).toEqual([0]);
    expect([...impostors.squaredDistances]).toEqual([2, 2]);
  });

  it.each([
    ['numbers that are no whole embeddings', ['a', 'a'], 2, [0, 0, 0]],
    ['nobody with two faces', ['a', 'b'], 1, [0, 1]],
    ['one person alone', ['a', 'a'], 1, [0, 1]],
    ['nothing', [], 1, []],
  ] as const)('refuses %s', (_, people, length, numbers) => {
    const measure = () => measurePairs({ people, length, embeddings: Float32Array.from(numbers) }, 'euclidean', 1);
    expect(measure).toThrow(AppError);
    expect(measure).toThrow(/^Expected/);
  });
});
