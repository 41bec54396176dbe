/** What clustering makes of embeddings that go through what was learnt. */

import { describe, expect, it } from 'vitest';
import { AppError } from '../../../electron/base/errors.ts';
import { LibraryClustering } from '../../../electron/clustering/library-clustering.ts';
import { projectEmbeddings } from '../../../electron/clustering/neighbours/projection.ts';
import type { Projection } from '../../../electron/terms/projection.ts';
import { canonical, inventFaces, testLength, testOptions, toInput } from '../synthetic-library.ts';

/** Only the first numbers count. */
function keepFirst(count: number, version: number): Projection {
  const matrix = new Float32Array(count * testLength);
  for (let row = 0; row < count; row++) matrix[row * testLength + row] = 1;
  return { version, matrix, outputLength: count };
}

describe('a projection', () => {
  it('maps directions and gives unit vectors, whatever the length of an embedding', () => {
    const matrix = Float32Array.of(0, 2, 0, 1, 0, 0);
    const projected = projectEmbeddings(Float32Array.of(3, 4, 0, 0, 0.5, 9), 3, { version: 1, matrix, outputLength: 2 });
    expect([...projected].map((value) => Number(value.toFixed(5)))).toEqual([0.93633, 0.35112, 1, 0]);
  });

  it('refuses embeddings of another length', () => {
    const projection: Projection = { version: 1, matrix: new Float32Array(6), outputLength: 2 };
    expect(() => projectEmbeddings(new Float32Array(8), 4, projection)).toThrow(AppError);
  });
});

describe('clustering through a projection', () => {
  const faces = inventFaces(3, 40);
  const projection = keepFirst(8, 7);

  it('is clustering what the projection makes of the embeddings', () => {
    const through = new LibraryClustering().run(toInput(faces), { ...testOptions, projection }, { scope: 'settled' });
    const input = toInput(faces);
    const embeddings = projectEmbeddings(input.embeddings, testLength, projection);
    const before = new LibraryClustering().run({ ...input, embeddings, embeddingLength: 8 }, testOptions, { scope: 'settled' });
    expect(through.clusters).toEqual(before.clusters);
    expect(canonical(through.clusters)).not.toEqual(canonical(new LibraryClustering().run(toInput(faces), testOptions, { scope: 'settled' }).clusters));
    // What is stored beside a clustering says which one, not the matrix.
    expect(through.parameters).toMatchObject({ projectionVersion: 7 });
    expect(through.parameters).not.toHaveProperty('projection');
  });

  it('asks for all embeddings again where the version is another one, and compares as before where it is taken back', () => {
    const clustering = new LibraryClustering();
    const { embeddingRows } = toInput(faces);
    const options = { ...testOptions, projection };
    const plain = clustering.run(toInput(faces), testOptions, { scope: 'settled' });
    expect(clustering.listMissing(embeddingRows, testLength, testOptions)).toHaveLength(0);
    expect(clustering.listMissing(embeddingRows, testLength, options)).toHaveLength(faces.length);
    clustering.run(toInput(faces), options, { scope: 'settled' });
    expect(clustering.listMissing(embeddingRows, testLength, options)).toHaveLength(0);
    const other = { ...testOptions, projection: keepFirst(8, 8) };
    expect(clustering.listMissing(embeddingRows, testLength, other)).toHaveLength(faces.length);
    expect(clustering.run(toInput(faces), testOptions, { scope: 'settled' }).clusters).toEqual(plain.clusters);
  });
});
