import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../electron/base/random.ts';
import { FaceVectors } from '../../../electron/clustering/neighbours/face-vectors.ts';
import { LibraryClustering } from '../../../electron/clustering/library-clustering.ts';
import { findSubspace } from '../../../electron/clustering/neighbours/subspace.ts';
import { dotProduct } from '../../../electron/geometry/vectors.ts';
import { canonical, drawDirection, inventFaces, testLength, testOptions, toInput, toUnit, type InventedFace } from '../synthetic-library.ts';

const wideLength = 3 * testLength;

/** Turns vectors of 128 numbers into 384 that keep all angles. */
const directions: Float32Array[] = [];
const random = createRandom(3);
for (let at = 0; at < testLength; at++) {
  let direction = drawDirection(random, wideLength);
  for (const before of directions) {
    const share = dotProduct(direction, before);
    direction = toUnit(direction.map((value, index) => value - share * before[index]!));
  }
  directions.push(direction);
}
function widen(face: InventedFace): InventedFace {
  const embedding = new Float32Array(wideLength);
  face.embedding.forEach((value, at) => {
    for (let index = 0; index < wideLength; index++) embedding[index]! += value * directions[at]![index]!;
  });
  return { ...face, embedding };
}

const narrow = inventFaces(5, 330, 8, 0.66);
const wide = narrow.map(widen);
const unitsOf = (faces: readonly InventedFace[]): Float32Array => toInput(faces).embeddings;

describe('the dimensions that embeddings use', () => {
  it('are found, and keep all angles', () => {
    const subspace = findSubspace(unitsOf(wide), wideLength, 1e-4)!;
    expect(subspace.dimensions).toBeLessThanOrEqual(testLength);
    expect(subspace.dimensions).toBeGreaterThan(testLength * 0.9);
    const written = wide.map(({ embedding }) => {
      const into = new Float32Array(subspace.dimensions);
      subspace.write(embedding, into, 0);
      return into;
    });
    for (let face = 1; face < 200; face++) {
      expect(dotProduct(written[face]!, written[0]!)).toBeCloseTo(dotProduct(narrow[face]!.embedding, narrow[0]!.embedding), 3);
    }
  });

  it('are all where embeddings use nearly all', () => {
    expect(findSubspace(unitsOf(narrow), testLength, 1e-4)).toBeNull();
  });

  it('are known once there are enough faces, and hold for those that come later', () => {
    expect(wide.length).toBeGreaterThan(1_200);
    const vectors = new FaceVectors(wideLength, 1e-4);
    const input = toInput(wide);
    const bring = (from: number, to: number): Float32Array => input.embeddings.slice(from * wideLength, to * wideLength);
    vectors.update(input.embeddingRows.slice(0, 500), bring(0, 500));
    expect(vectors.unitLength).toBe(wideLength);
    vectors.update(input.embeddingRows.slice(0, 1_100), bring(500, 1_100));
    expect(vectors.unitLength).toBeLessThanOrEqual(testLength);
    vectors.update(input.embeddingRows, bring(1_100, wide.length));
    const row = (face: number): Float32Array => vectors.units.subarray(face * vectors.unitLength, (face + 1) * vectors.unitLength);
    for (let face = 1; face < wide.length; face += 7) {
      expect(dotProduct(row(face), row(0))).toBeCloseTo(dotProduct(wide[face]!.embedding, wide[0]!.embedding), 3);
    }
  });

  it('give the clusters that all dimensions give', () => {
    const cluster = (faces: readonly InventedFace[]): string[] =>
      canonical(new LibraryClustering().run(toInput(faces), testOptions, { scope: 'settled' }).clusters);
    expect(cluster(wide)).toEqual(cluster(narrow));
  });
});
