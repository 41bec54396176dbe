import { describe, expect, it } from 'vitest';
import { AppError, type ErrorCode } from '../../electron/base/errors.ts';
import { LibraryClustering } from '../../electron/clustering/library-clustering.ts';
import type { ClusteringInput } from '../../electron/terms/clustering-input.ts';
import { inventFaces, testLength, testOptions, toInput } from './synthetic-library.ts';

const faces = inventFaces(1, 5);

function refusal(change: (input: ClusteringInput) => Partial<ClusteringInput> | void): AppError {
  const input = toInput(faces, { personOf: new Map([[faces[0]!.id, 'anna']]) });
  const clustering = new LibraryClustering();
  const changed = { ...input, ...change(input) };
  try {
    clustering.run(changed, testOptions, { scope: 'settled' });
  } catch (error) {
    // The clustering goes on as if nothing had happened.
    expect(clustering.run(toInput(faces), testOptions, { scope: 'settled' }).clusters.length).toBe(5);
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('Expected a refusal');
}

describe('the integrity gate', () => {
  it('names the first face whose embedding is not finite, and how many there are', () => {
    const error = refusal(({ embeddings }) => {
      embeddings[3 * testLength + 5] = Number.NaN;
      embeddings[4 * testLength] = Number.POSITIVE_INFINITY;
    });
    expect(error.code).toBe('library-damaged');
    expect(error.parameters).toEqual({
      problem: 'embeddings-without-direction',
      faces: 2,
      firstFaceId: faces[3]!.id,
    });
  });

  it.each<[string, ErrorCode, (input: ClusteringInput) => Partial<ClusteringInput> | void]>([
    ['an embedding of zeros', 'library-damaged', ({ embeddings }) => void embeddings.fill(0, 0, testLength)],
    ['a face that comes twice', 'library-damaged', ({ faceIds }) => ({ faceIds: [faceIds[1]!, ...faceIds.slice(1)] })],
    ['a quality that is no number', 'library-damaged', ({ qualities }) => void (qualities[2] = Number.NaN)],
    ['a missing embedding', 'bad-argument', ({ embeddings }) => ({ embeddings: embeddings.slice(testLength) })],
    ['an embedding length of 0', 'bad-argument', () => ({ embeddingLength: 0 })],
    ['too few qualities', 'bad-argument', ({ qualities }) => ({ qualities: qualities.slice(1) })],
    ['too few photos', 'bad-argument', ({ photoIndices }) => ({ photoIndices: photoIndices.slice(1) })],
    ['too few people', 'bad-argument', ({ personIndices }) => ({ personIndices: personIndices.slice(1) })],
    ['too few confirmations', 'bad-argument', ({ confirmed }) => ({ confirmed: confirmed.slice(1) })],
    ['a person that is not there', 'bad-argument', ({ personIndices }) => void (personIndices[0] = 1)],
    ['a rejection of a face that is not there', 'bad-argument', () => ({ rejections: [[99_999, 0] as const] })],
    ['a rejection from a person that is not there', 'bad-argument', () => ({ rejections: [[0, 1] as const] })],
  ])('refuses %s', (_what, code, change) => {
    expect(refusal(change).code).toBe(code);
  });

  it.each([
    { maxDistance: 0 },
    { maxDistance: 1.5 },
    { maxDistance: Number.NaN },
    { maxAttachDistance: 1.2 },
    { minSeedQuality: Number.NaN },
    { maxNeighbours: 0 },
    { maxNeighbours: 2.5 },
  ])('refuses the options %o', (change) => {
    const run = (): unknown => new LibraryClustering().run(toInput(faces), { ...testOptions, ...change }, { scope: 'settled' });
    expect(run).toThrow(expect.objectContaining({ code: 'bad-argument' }));
  });
});
