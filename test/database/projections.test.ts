/** What was learnt from the user, as the database keeps it. */

import { describe, expect, it } from 'vitest';
import type { NewProjection } from '../../electron/database/library-database.ts';
import { act, type FilledLibrary, fillLibrary } from './library-fixture.ts';
import { openLibraryPerTest } from './library-per-test.ts';

let library: FilledLibrary;
openLibraryPerTest((opened) => {
  library = fillLibrary(opened, 4, 3);
});

const report: NewProjection['report'] = {
  refusal: null,
  people: 3,
  faces: 40,
  labelledFaces: 44,
  heldOut: { far: 1e-3, valBefore: 0.9, valAfter: 0.95, standardError: 0.01 },
  others: null,
  toldApart: [{ names: ['Anna', 'Marie'], before: 12, after: 1 }],
  questionsBefore: null,
  questionsAfter: null,
};

function learn(first: number, packId = library.analysis.packId): number {
  const matrix = Float32Array.of(first, 2, 3, 4, 5, 6, 7, 8, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8);
  return library.store.saveProjection({ packId, learnt: { matrix, outputLength: 2, distanceScale: 1.05 }, report });
}

describe('projections', () => {
  it('come back number by number, the newest in place of the one before', () => {
    const { store, analysis } = library;
    expect(store.readAdoptedProjection(analysis.packId)).toBeNull();
    const one = learn(1);
    const two = learn(9);
    expect(two).toBeGreaterThan(one);
    const adopted = store.readAdoptedProjection(analysis.packId)!;
    expect(adopted).toMatchObject({ version: two, outputLength: 2, distanceScale: 1.05 });
    expect([...adopted.matrix]).toEqual([...Float32Array.of(9, 2, 3, 4, 5, 6, 7, 8, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)]);
    expect(store.listProjections(analysis.packId, 10).map(({ version, state }) => [version, state])).toEqual([
      [two, 'adopted'],
      [one, 'set-aside'],
    ]);
  });

  it('are set aside and used again, and a choice that is none changes nothing', () => {
    const { store, analysis } = library;
    const { packId } = analysis;
    const one = learn(1);
    store.useProjection({ packId, version: null });
    expect(store.readAdoptedProjection(packId)).toBeNull();
    store.useProjection({ packId, version: one });
    expect(store.readAdoptedProjection(packId)?.version).toBe(one);
    expect(() => store.useProjection({ packId, version: one + 1 })).toThrow(expect.objectContaining({ code: 'not-found' }));
    expect(store.readAdoptedProjection(packId)?.version).toBe(one);
  });

  it('that were refused leave what is used as it is, and cannot be used', () => {
    const { store, analysis } = library;
    const { packId } = analysis;
    const one = learn(1);
    const refused = store.saveProjection({ packId, learnt: null, report: { ...report, refusal: 'no-gain' } });
    expect(store.readAdoptedProjection(packId)?.version).toBe(one);
    expect(store.listProjections(packId, 1)).toMatchObject([{ version: refused, state: 'refused', refusal: 'no-gain' }]);
    expect(() => store.useProjection({ packId, version: refused })).toThrow(expect.objectContaining({ code: 'not-found' }));
  });

  it('of one pack leave those of another alone', () => {
    const { store, analysis } = library;
    const other = store.registerPack({ name: 'other', version: '1', manifestSha256: 'b'.repeat(64), embeddingLength: 8 });
    const one = learn(1);
    const ofOther = learn(2, other);
    expect(store.readAdoptedProjection(analysis.packId)?.version).toBe(one);
    store.useProjection({ packId: analysis.packId, version: null });
    expect(store.readAdoptedProjection(other)?.version).toBe(ofOther);
    expect(() => store.useProjection({ packId: analysis.packId, version: ofOther })).toThrow(expect.objectContaining({ code: 'not-found' }));
  });

  it('learn later how many questions were left', () => {
    const { store, analysis } = library;
    const version = learn(1);
    store.noteQuestions(version, { before: 52, after: 21 });
    expect(store.listProjections(analysis.packId, 1)).toMatchObject([{ questionsBefore: 52, questionsAfter: 21, people: 3 }]);
  });

  it('are learnt from people with names alone, who are not set aside', () => {
    const { store, personIds } = library;
    expect(store.countLabels()).toEqual({ people: 0, faces: 0 });
    act(store, 'people.name', { personId: personIds[0]!, name: 'Anna' });
    act(store, 'people.name', { personId: personIds[1]!, name: 'Marie' });
    expect(store.countLabels()).toEqual({ people: 2, faces: 8 });
    act(store, 'people.ignore', { personIds: [personIds[1]!] });
    expect(store.countLabels()).toEqual({ people: 1, faces: 4 });
  });
});
