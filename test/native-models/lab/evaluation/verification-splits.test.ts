import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../../electron/base/random.ts';
import { measureSplits } from '../../../../native-models/lab/evaluation/verification-splits.ts';

const options = { metric: 'euclidean', falseAcceptRates: [0.05], splits: 5, seed: 1 } as const;

/** People on a line, three faces each, some near each other. */
function crowd(peopleCount: number) {
  const random = createRandom(7);
  const faces: [string, number][] = [];
  for (let person = 0; person < peopleCount; person++) {
    const centre = random() * 100;
    for (let face = 0; face < 3; face++) faces.push([`p${person}`, centre + 4 * random()]);
  }
  return { people: faces.map(([person]) => person), length: 1, embeddings: Float32Array.from(faces, ([, at]) => at) };
}

describe('measureSplits', () => {
  it('puts every person into one part, and all parts are alike', () => {
    const { parts } = measureSplits(crowd(50), options);
    // Ten people of three faces: 30 genuine pairs, 30 * 29 / 2 - 30 of two people.
    expect(parts).toEqual(Array.from({ length: 5 }, () => ({ people: 10, faces: 30, genuinePairs: 30, impostorPairs: 405 })));
  });

  it('is the same for the same seed, and lies where all pairs lie', () => {
    const faces = crowd(200);
    const [first] = measureSplits(faces, options).rates;
    expect(measureSplits(faces, options).rates[0]).toEqual(first);
    expect(measureSplits(faces, { ...options, seed: 2 }).rates[0]).not.toEqual(first);
    expect(first!.isEnough).toBe(true);
    expect(first!.val!).toBeGreaterThan(0.5);
    expect(first!.standardError!).toBeGreaterThan(0);
  });

  it('says so where a part has too few impostor pairs for a FAR', () => {
    // 405 pairs: 1e-2 accepts four of them, 5e-2 twenty.
    const { rates } = measureSplits(crowd(50), { ...options, falseAcceptRates: [0.01, 0.05] });
    expect(rates[0]).toEqual({ far: 0.01, isEnough: false, val: null, standardError: null });
    expect(rates[1]!.isEnough).toBe(true);
  });

  it('refuses one split, and splits without pairs', () => {
    expect(() => measureSplits(crowd(50), { ...options, splits: 1 })).toThrow('Expected two splits or more but received 1');
    expect(() => measureSplits(crowd(4), options)).toThrow('Expected pairs of one person and of two in each of 5 splits but received too few people');
  });
});
