import { describe, expect, it } from 'vitest';
import { AppError } from '../../../electron/base/errors.ts';
import { createRandom } from '../../../electron/base/random.ts';
import { measureVerification, type VerificationOptions } from '../../../electron/learning/verification/verification.ts';

/** Faces that are numbers on a line: distances that can be read off. */
function onLine(faces: readonly (readonly [person: string, at: number])[]) {
  return {
    people: faces.map(([person]) => person),
    length: 1,
    embeddings: Float32Array.from(faces, ([, at]) => at),
  };
}

const options: VerificationOptions = { metric: 'euclidean', falseAcceptRates: [0.25], bootstrapRounds: 0, seed: 1 };

// Genuine: a 1 (0-1), b 3 (4-7). Impostors: 0-4 4, 0-7 7, 1-4 3, 1-7 6.
const fourFaces = onLine([['a', 0], ['a', 1], ['b', 4], ['b', 7]]);

/** Two faces each, near each other more or less, so that some are taken for somebody else. */
function crowd(peopleCount: number, seed: number) {
  const random = createRandom(seed);
  const faces: [string, number][] = [];
  for (let person = 0; person < peopleCount; person++) {
    const centre = random() * 1000;
    for (let face = 0; face < 3; face++) faces.push([`p${person}`, centre + 8 * random()]);
  }
  return onLine(faces);
}

describe('measureVerification', () => {
  it('agrees with a computation by hand', () => {
    const scores = measureVerification(fourFaces, { ...options, falseAcceptRates: [0.5, 0.25, 0.24] });
    expect(scores).toMatchObject({ faces: 4, people: 2, genuinePairs: 2, impostorPairs: 4 });
    expect(scores.rates).toEqual([
      // Two impostors of four may pass: 3 and 4; 6 is one too many, and both genuine pairs are closer.
      { far: 0.5, val: 1, threshold: 6, impostorsAccepted: 2, standardError: null },
      // One may pass, 3; so anything closer than 4 does.
      { far: 0.25, val: 1, threshold: 4, impostorsAccepted: 1, standardError: null },
      // None may pass: 3 is as far as the closest impostor, and refused with it.
      { far: 0.24, val: 0.5, threshold: 3, impostorsAccepted: 0, standardError: null },
    ]);
  });

  it('refuses impostors of one distance together, and says how many passed', () => {
    // Genuine: 1. Impostors: b and c lie 5 from a's first face and 4 from its second; 0 from each other.
    const scores = measureVerification(onLine([['a', 0], ['a', 1], ['b', 5], ['c', 5]]), { ...options, falseAcceptRates: [0.4] });
    expect(scores.impostorPairs).toBe(5);
    // Two of five may pass: the pair of b and c, and one of those 4 apart, which are two.
    expect(scores.rates).toEqual([{ far: 0.4, val: 1, threshold: 4, impostorsAccepted: 1, standardError: null }]);
  });

  it('does not lose a pair to the rounding of a share', () => {
    // 0.29 x 100 comes out as 28.999999999999996. Of 15 faces' 105 pairs five are genuine.
    const random = createRandom(13);
    const people = ['a', 'a', 'a', 'b', 'b', 'c', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k'];
    const faces = people.map((person): [string, number] => [person, random() * 1000]);
    const scores = measureVerification(onLine(faces), { ...options, falseAcceptRates: [0.29] });
    expect(scores.impostorPairs).toBe(100);
    expect(scores.rates[0]!.impostorsAccepted).toBe(29);
  });

  it('finds the equal error rate where both errors cross', () => {
    // Below 4: one of four impostors, no genuine pair refused. Below 3: none of four, one of two refused.
    expect(measureVerification(fourFaces, options).equalError).toEqual({ rate: 0.125, threshold: 4 });
    const apart = onLine([['a', 0], ['a', 1], ['b', 10], ['b', 12]]);
    expect(measureVerification(apart, options).equalError).toEqual({ rate: 0, threshold: 9 });
    // Genuine 10 and 10, impostors 1, 1, 9, 11: as bad as can be.
    const mixed = measureVerification(onLine([['a', 0], ['a', 10], ['b', 1], ['b', 11]]), options);
    expect(mixed.equalError.rate).toBeGreaterThan(0.5);
  });

  it('draws a curve that rises', () => {
    const { roc, rates } = measureVerification(crowd(300, 5), { ...options, falseAcceptRates: [0.01] });
    const fars = roc.map(({ far }) => far);
    expect(fars.slice(0, 3)).toEqual([5e-6, 1e-5, 2e-5]);
    expect(fars.at(-1)).toBe(0.1);
    for (const read of [(at: number) => roc[at]!.far, (at: number) => roc[at]!.val, (at: number) => roc[at]!.threshold]) {
      const values = roc.map((_, index) => read(index));
      expect(values).toEqual(values.toSorted((one, other) => one - other));
    }
    expect(roc.find(({ far }) => far === 0.01)).toMatchObject({ val: rates[0]!.val, threshold: rates[0]!.threshold });
  });

  it('comes out the same where only the closest of many impostors are kept', () => {
    // 1,500 faces: 1.1 million pairs. Nearly all genuine distances are within the kept ones, so nothing is to differ.
    const many = crowd(500, 7);
    const scores = measureVerification(many, { ...options, falseAcceptRates: [1e-3, 1e-2], bootstrapRounds: 5 });
    expect(scores.impostorPairs).toBeGreaterThan(1_000_000);
    const all = measureVerification(many, { ...options, falseAcceptRates: [1e-3, 1e-2, 0.5], bootstrapRounds: 5 });
    expect(scores.rates).toEqual(all.rates.slice(0, 2));
    expect(scores.equalError).toEqual(all.equalError);
    expect(all.roc.slice(0, scores.roc.length)).toEqual(scores.roc);
  });

  it('keeps more impostors where the equal error rate lies beyond those that were kept', () => {
    const random = createRandom(11);
    const faces = Array.from({ length: 1_500 }, (_, index): [string, number] => [`p${index % 500}`, random() * 1000]);
    const { equalError } = measureVerification(onLine(faces), { ...options, falseAcceptRates: [1e-3] });
    // People who are told apart by nothing are told apart as by a coin.
    expect(equalError.rate).toBeGreaterThan(0.45);
    expect(equalError.rate).toBeLessThan(0.55);
  });

  it.each([0, 1, -0.1, Number.NaN])('refuses a FAR of %s', (far) => {
    expect(() => measureVerification(fourFaces, { ...options, falseAcceptRates: [far] })).toThrow(AppError);
  });
});

describe('the bootstrap over people', () => {
  const resampled = { ...options, falseAcceptRates: [0.01], bootstrapRounds: 100 };

  it('says the same for the same seed and something near it for another', () => {
    const faces = crowd(120, 9);
    const first = measureVerification(faces, resampled).rates[0]!;
    expect(measureVerification(faces, resampled).rates[0]).toEqual(first);
    const other = measureVerification(faces, { ...resampled, seed: 2 }).rates[0]!;
    expect(other.val).toBe(first.val);
    expect(other.standardError).not.toBe(first.standardError);
    expect(other.standardError! / first.standardError!).toBeGreaterThan(0.7);
    expect(other.standardError! / first.standardError!).toBeLessThan(1.4);
  });

  it('finds the standard error of a share whose people are independent', () => {
    // 200 people with two faces each, far from everybody else: 1 apart, and with one person in four 400 apart. Forty
    // strangers in a row, each 100 from the next, hold the threshold at 100 whoever is drawn.
    const pairs = Array.from({ length: 400 }, (_, index): [string, number] => {
      const person = Math.floor(index / 2);
      return [`p${person}`, person * 1000 + (index % 2) * (person % 4 === 0 ? 400 : 1)];
    });
    const row = Array.from({ length: 40 }, (_, index): [string, number] => [`row ${index}`, -1000 - 100 * index]);
    const strict = { ...options, falseAcceptRates: [1e-6], bootstrapRounds: 1_000 };
    const [rate] = measureVerification(onLine([...pairs, ...row]), strict).rates;
    expect(rate).toMatchObject({ val: 0.75, threshold: 100, impostorsAccepted: 0 });
    const binomial = Math.sqrt((0.75 * 0.25) / 200);
    expect(rate!.standardError! / binomial).toBeGreaterThan(0.9);
    expect(rate!.standardError! / binomial).toBeLessThan(1.1);
  });

  it('moves the threshold with the people', () => {
    // All is decided by one pair of strangers, 1 apart: a draw without either of them accepts everybody.
    const faces = onLine([['a', 0], ['b', 1], ['c', 100], ['c', 102], ['d', 200], ['d', 202], ['e', 300], ['e', 302]]);
    const [rate] = measureVerification(faces, { ...options, falseAcceptRates: [1e-3], bootstrapRounds: 200 }).rates;
    expect(rate).toMatchObject({ val: 0, threshold: 1 });
    // Both are drawn in 1 - 2 (4/5)^5 + (3/5)^5 of the rounds: VAL is 0 in 42 % of them and 1 in the others.
    expect(rate!.standardError!).toBeGreaterThan(0.45);
    expect(rate!.standardError!).toBeLessThan(0.52);
  });

  it('draws again where there is nobody to tell apart, and takes no copy of a person for somebody else', () => {
    // Of two people, only a draw of both holds impostors; everything else would move the result.
    const [rate] = measureVerification(fourFaces, { ...options, falseAcceptRates: [0.24], bootstrapRounds: 50 }).rates;
    expect(rate).toMatchObject({ val: 0.5, standardError: 0 });
  });
});
