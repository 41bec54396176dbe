import { describe, expect, it } from 'vitest';
import { AppError } from '../../../electron/base/errors.ts';
import { createRandom, shuffle } from '../../../electron/base/random.ts';
import { ApproximateSearch } from '../../../electron/clustering/neighbours/approximate-search.ts';
import { NeighbourIndex } from '../../../electron/clustering/neighbours/neighbour-index.ts';
import { inventFaces, testLength, toInput, type InventedFace } from '../synthetic-library.ts';

const minSimilarity = 0.45;

function createIndex(maxNeighbours = 128): NeighbourIndex {
  return new NeighbourIndex(testLength, { minSimilarity, maxNeighbours, exactUpTo: 20_000, exactFrom: minSimilarity, subspaceTolerance: 0 });
}

function update(index: NeighbourIndex, faces: readonly InventedFace[]): number {
  const { embeddingRows, embeddings } = toInput(faces);
  return index.update(embeddingRows, embeddings);
}

/** Ids and similarities of each face's neighbours, in an order of their own. */
function listAll(index: NeighbourIndex, faces: readonly InventedFace[]): [string, number][][] {
  return faces.map((_, face) => {
    const ids = index.idsOf(face);
    const similarities = index.similaritiesOf(face);
    return Array.from({ length: index.countOf(face) }, (_item, at): [string, number] => [
      faces[ids[at]!]!.id,
      similarities[at]!,
    ]).sort(([one], [other]) => (one < other ? -1 : 1));
  });
}

describe('the neighbour index', () => {
  const faces = inventFaces(1, 80);

  it('finds exactly the pairs above the limit, in both lists', () => {
    const index = createIndex();
    update(index, faces);
    const expected = faces.map((one) =>
      faces
        .filter((other) => other !== one)
        .filter((other) => one.embedding.reduce((sum, value, at) => sum + value * other.embedding[at]!, 0) >= minSimilarity)
        .map(({ id }) => id)
        .sort(),
    );
    expect(listAll(index, faces).map((list) => list.map(([id]) => id))).toEqual(expected);
    expect(expected.flat().length).toBeGreaterThan(500);
  });

  it('keeps only the most similar ones of a face with too many', () => {
    const full = createIndex();
    const capped = createIndex(3);
    update(full, faces);
    update(capped, faces);
    const wholeLists = listAll(full, faces);
    listAll(capped, faces).forEach((list, face) => {
      const best = [...wholeLists[face]!].sort((one, other) => other[1] - one[1]).slice(0, 3);
      expect(list.map(([id]) => id)).toEqual(best.map(([id]) => id).sort());
      expect(capped.isTruncated(face)).toBe(wholeLists[face]!.length > 3);
    });
  });

  it.each([128, 3])('holds the same whether faces come at once, in steps, leave or change (lists of %d)', (maxNeighbours) => {
    const random = createRandom(5);
    const index = createIndex(maxNeighbours);
    const others = inventFaces(1, 80, 8, 0.6);
    for (let step = 0; step < 12; step++) {
      const part = faces
        .map((face, at) => (random() < 0.1 ? { ...face, embedding: others[at % others.length]!.embedding } : face))
        .filter(() => random() < 0.7);
      update(index, part);
      const scratch = createIndex(maxNeighbours);
      update(scratch, part);
      expect(listAll(index, part)).toEqual(listAll(scratch, part));
    }
  });

  it('compares only what is new', () => {
    const index = createIndex();
    expect(update(index, faces.slice(10))).toBe(faces.length - 10);
    expect(update(index, faces)).toBe(10);
    expect(update(index, faces)).toBe(0);
    expect(update(index, faces.slice(5))).toBe(0);
  });

  it('breaks equal similarities by the faces’ order', () => {
    const twins = Array.from({ length: 10 }, (_, at) => ({ ...faces[0]!, id: `twin-${at}` as InventedFace['id'] }));
    const index = createIndex(4);
    update(index, twins.slice(0, 6));
    update(index, twins);
    expect(listAll(index, twins)[9]!.map(([id]) => id)).toEqual(['twin-0', 'twin-1', 'twin-2', 'twin-3']);
  });

  it('takes no notice of an embedding’s length', () => {
    const index = createIndex();
    const scaled = faces.map((face, at) => ({ ...face, embedding: face.embedding.map((value) => value * 2 ** (at % 5)) }));
    update(index, scaled);
    const scratch = createIndex();
    update(scratch, faces);
    listAll(index, faces).forEach((list, face) => {
      expect(list.map(([id]) => id)).toEqual(listAll(scratch, faces)[face]!.map(([id]) => id));
    });
  });

  it('holds what it should after a cancel and one more update', () => {
    const index = createIndex();
    update(index, faces.slice(0, 50));
    const watch = {
      onProgress: () => undefined,
      throwIfCancelled: () => {
        throw new AppError('cancelled', 'Expected to go on');
      },
    };
    const shuffled = shuffle(faces, createRandom(1));
    const { embeddingRows, embeddings } = toInput(shuffled);
    expect(() => index.update(embeddingRows, embeddings, watch)).toThrow(AppError);
    const scratch = createIndex();
    update(scratch, faces);
    update(index, faces);
    expect(listAll(index, faces)).toEqual(listAll(scratch, faces));
  });

  it('takes the embeddings of new faces alone', () => {
    const index = createIndex();
    update(index, faces.slice(0, 60));
    const { embeddingRows, embeddings } = toInput(faces);
    const missing = index.listMissing(embeddingRows);
    expect([...missing]).toEqual(faces.map((_, face) => face).slice(60));
    const brought = Float32Array.from(missing, () => 0).fill(0);
    expect(() => index.update(embeddingRows, brought)).toThrow(AppError);
    index.update(embeddingRows, embeddings.slice(60 * testLength));
    const scratch = createIndex();
    update(scratch, faces);
    expect(listAll(index, faces)).toEqual(listAll(scratch, faces));
  });
});

/** Builds come for Linux and macOS. */
describe.skipIf(ApproximateSearch.open(testLength) === null)('the approximate search (by USearch, where it can be loaded)', () => {
  const people = inventFaces(3, 700, 8, 0.66);

  function createApproximate(): NeighbourIndex {
    return new NeighbourIndex(testLength, { minSimilarity, maxNeighbours: 128, exactUpTo: 100, exactFrom: minSimilarity, subspaceTolerance: 0 });
  }

  /** Share of the pairs of the exact lists that the other lists hold. */
  function measureRecall(index: NeighbourIndex, part: readonly InventedFace[]): number {
    const exact = createIndex();
    update(exact, part);
    const found = listAll(index, part);
    let kept = 0;
    let all = 0;
    listAll(exact, part).forEach((list, face) => {
      const names = new Set(found[face]!.map(([id]) => id));
      all += list.length;
      kept += list.filter(([id]) => names.has(id)).length;
    });
    return kept / all;
  }

  it('finds nearly all neighbours, at once and in steps, and after faces have gone', () => {
    const index = createApproximate();
    update(index, people.slice(0, 1500));
    expect(index.isApproximate).toBe(true);
    expect(measureRecall(index, people.slice(0, 1500))).toBeGreaterThan(0.97);
    update(index, people);
    expect(measureRecall(index, people)).toBeGreaterThan(0.97);
    const rest = people.filter((_, face) => face % 3 !== 0);
    update(index, rest);
    expect(measureRecall(index, rest)).toBeGreaterThan(0.97);
  });

  it('gives the same lists for the same faces', () => {
    const [one, other] = [createApproximate(), createApproximate()];
    for (const index of [one, other]) update(index, people);
    expect(listAll(one, people)).toEqual(listAll(other, people));
  });

  it('takes one new face', () => {
    const index = createApproximate();
    update(index, people.slice(0, 2000));
    expect(update(index, people.slice(0, 2001))).toBe(1);
    expect(measureRecall(index, people.slice(0, 2001))).toBeGreaterThan(0.97);
  });
});
