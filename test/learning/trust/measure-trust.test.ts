import { describe, expect, it } from 'vitest';
import { drawFaces } from '../../../electron/learning/trust/draw-faces.ts';
import { measureTrustInWorker } from '../../../electron/learning/trust/measure-in-worker.ts';
import { canMeasureTrust, measureTrust, type TrustOptions } from '../../../electron/learning/trust/measure-trust.ts';

/** Faces at degrees on a circle: two that are d degrees apart have the distance 2 sin(d / 2). */
function onCircle(faces: readonly (readonly [person: string, degrees: number])[]) {
  return {
    people: faces.map(([person]) => person),
    length: 2,
    embeddings: Float32Array.from(faces.flatMap(([, degrees]) => [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)])),
  };
}

const chord = (degrees: number): number => 2 * Math.sin((degrees * Math.PI) / 360);
const options: TrustOptions = {
  threshold: chord(15),
  projection: null,
  falseAcceptRates: [0.5, 0.01],
  bootstrapRounds: 0,
  mostPairs: 2,
  seed: 1,
};

// Anna's are 10 apart; Marie's 30; Marie's second lies 5 from Cy's one; Dora's two lie 100 apart, alone.
const faces = onCircle([['anna', 0], ['anna', 10], ['marie', 60], ['marie', 90], ['cy', 95], ['dora', 180], ['dora', 280]]);

describe('measureTrust', () => {
  it('says who is told apart at the distance in use, as by hand', () => {
    const scores = measureTrust(faces, options);
    // Cy has no other face. Both of Anna's find each other; Marie's second is nearest to Cy; Marie's first and Dora's find nobody.
    expect(scores.toldApart).toEqual({ right: 2, mistaken: 1, unsure: 3 });
    expect(scores).toMatchObject({ faces: 7, people: 4, genuinePairs: 3, genuineWithin: 1, impostorPairs: 18, impostorsWithin: 1 });
  });

  it('names the people whose faces come nearest, and the faces', () => {
    const [first, second, ...more] = measureTrust(faces, options).nearest;
    expect(first).toMatchObject({ first: 'marie', second: 'cy', firstFace: 3, secondFace: 4, pairs: 2, pairsWithin: 1 });
    expect(first!.distance).toBeCloseTo(chord(5), 5);
    expect(second).toMatchObject({ first: 'anna', second: 'marie', firstFace: 1, secondFace: 2, pairs: 4, pairsWithin: 0 });
    expect(more).toEqual([]);
  });

  it('tells VAL only at FARs that the pairs suffice for', () => {
    // Half of 18 pairs are nine, and it takes ten.
    expect(measureTrust(faces, options).rates).toEqual([]);
    const more = onCircle(Array.from({ length: 20 }, (_, index) => [`p${index >> 1}`, index * 17] as const));
    expect(measureTrust(more, options).rates.map(({ far }) => far)).toEqual([0.5]);
  });

  it('compares through what was learnt', () => {
    // Only what lies along the first axis counts: everybody is at one of two ends.
    const matrix = Float32Array.of(1, 0);
    const scores = measureTrust(faces, { ...options, projection: { version: 1, matrix, outputLength: 1 } });
    expect(scores.nearest[0]!.distance).toBe(0);
    expect(scores.distances.highest).toBeCloseTo(2, 6);
    expect(scores.impostorsWithin).toBeGreaterThan(1);
  });

  it('counts every pair in the histograms', () => {
    const { distances } = measureTrust(faces, options);
    const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);
    expect([sum(distances.genuine), sum(distances.impostors)]).toEqual([3, 18]);
    expect(distances.highest).toBeCloseTo(2, 6);
  });

  it('needs two people with two faces each', () => {
    expect(canMeasureTrust(['a', 'a', 'b', 'c'])).toBe(false);
    expect(canMeasureTrust(['a', 'a', 'b', 'b'])).toBe(true);
    expect(() => measureTrust(onCircle([['a', 0], ['a', 1], ['b', 2]]), options)).toThrow('Expected 2 people with two faces');
  });
});

describe('drawFaces', () => {
  const countEach = (people: readonly string[]): number[] => [...new Set(people)].map((one) => people.filter((person) => person === one).length);

  it('draws from everybody alike where there are too many', () => {
    const people = Array.from({ length: 60 }, (_, index) => (index < 50 ? 'often' : `p${index >> 1}`));
    const drawn = drawFaces(people, { mostFaces: 14, seed: 1 });
    expect(drawn).toEqual([...new Set(drawn)].sort((one, other) => one - other));
    // Six people: two faces of each, then what is left of the one.
    expect(countEach(drawn.map((face) => people[face]!))).toEqual([4, 2, 2, 2, 2, 2]);
  });

  it('draws pairs, even of more people than faces', () => {
    const people = Array.from({ length: 300 }, (_, index) => `p${index % 100}`);
    expect(countEach(drawFaces(people, { mostFaces: 40, seed: 1 }).map((face) => people[face]!))).toEqual(Array.from({ length: 20 }, () => 2));
  });

  it('draws all where they are few enough', () => {
    expect(drawFaces(['a', 'b', 'a'], { mostFaces: 3, seed: 1 })).toEqual([0, 1, 2]);
  });
});

describe('measureTrustInWorker', () => {
  it('finds in a thread what is found here', async () => {
    const here = measureTrust(faces, options);
    const copy = { ...faces, embeddings: faces.embeddings.slice() };
    expect(await measureTrustInWorker({ faces: copy, options }, new AbortController().signal)).toEqual(here);
  });

  it('passes on what is wrong, and stops when it is told', async () => {
    const few = onCircle([['a', 0]]);
    await expect(measureTrustInWorker({ faces: few, options }, new AbortController().signal)).rejects.toMatchObject({ code: 'bad-argument' });
    const controller = new AbortController();
    const copy = { ...faces, embeddings: faces.embeddings.slice() };
    const measuring = measureTrustInWorker({ faces: copy, options }, controller.signal);
    controller.abort();
    await expect(measuring).rejects.toMatchObject({ code: 'cancelled' });
  });
});
