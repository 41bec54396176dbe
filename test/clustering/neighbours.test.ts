import { describe, expect, it } from 'vitest';
import { AppError } from '../../electron/base/errors.ts';
import { createRandom } from '../../electron/base/random.ts';
import { NeighbourIndex } from '../../electron/clustering/neighbours.ts';
import { inventFaces, shuffle, testLength, toInput, type InventedFace } from './synthetic-library.ts';

const minSimilarity = 0.45;

function createIndex(maxNeighbours = 128): NeighbourIndex {
  return new NeighbourIndex(testLength, { minSimilarity, maxNeighbours });
}

function update(index: NeighbourIndex, faces: readonly InventedFace[]): number {
  return index.update(
    faces.map(({ id }) => id),
    toInput(faces).embeddings,
  );
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

  it('is as it was after a cancel', () => {
    const index = createIndex();
    const part = faces.slice(0, 50);
    update(index, part);
    const before = listAll(index, part);
    const watch = {
      onProgress: () => undefined,
      throwIfCancelled: () => {
        throw new AppError('cancelled', 'Expected to go on');
      },
    };
    const shuffled = shuffle(faces, createRandom(1));
    expect(() => index.update(shuffled.map(({ id }) => id), toInput(shuffled).embeddings, watch)).toThrow(AppError);
    expect(listAll(index, part)).toEqual(before);
    expect(update(index, faces)).toBe(faces.length - 50);
  });
});
