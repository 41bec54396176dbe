import { describe, expect, it } from 'vitest';
import { contract } from '../../electron/api/contract.ts';
import type { PersonId } from '../../electron/base/ids.ts';
import type { LibraryDatabase } from '../../electron/database/library-database.ts';
import type { AnalysisPlanner } from '../../electron/engine/analysis-planner.ts';
import { createTrustHandlers } from '../../electron/engine/handlers/trust.ts';
import { act, fillLibrary, type FilledLibrary } from '../database/library-fixture.ts';
import { faceAt, openLibraryPerTest } from '../database/library-per-test.ts';

let library: FilledLibrary;
let people: readonly PersonId[];

// Three people on axes of their own, in four photos each.
openLibraryPerTest((opened) => {
  library = fillLibrary(opened, 4, 3);
  people = library.personIds;
});

async function measure() {
  const { store, analysis } = library;
  const database = {
    readClusteringInput: async (packId: number) => store.readClusteringInput(packId),
    readEmbeddings: async (packId: number, rows: Float64Array) => store.readEmbeddings(packId, rows),
    listPeopleByIds: async (ids: readonly PersonId[]) => store.listPeopleByIds(ids),
  } as unknown as LibraryDatabase;
  const planner = {
    planActive: async () => ({ packId: analysis.packId, clustering: { maxDistance: 1, projection: null }, setup: { pack: 'standard' } }),
  } as unknown as AnalysisPlanner;
  const handlers = createTrustHandlers({ database, planner });
  const signal = new AbortController().signal;
  return contract['library.measureTrust'].result.parse(await handlers['library.measureTrust']({}, { signal }));
}

function confirm(person: number, photos: readonly number[]): void {
  act(library.store, 'faces.confirm', { faceIds: photos.map((photo) => faceAt(library, photo, person)) });
}

describe('library.measureTrust', () => {
  it('says how much there is where it is too little', async () => {
    expect(await measure()).toEqual({ pack: 'standard', confirmedFaces: 0, confirmedPeople: 0, scores: null });
    confirm(0, [0, 1, 2]);
    confirm(1, [0]);
    expect(await measure()).toEqual({ pack: 'standard', confirmedFaces: 4, confirmedPeople: 2, scores: null });
  });

  it('measures confirmed faces alone, and names people and faces', async () => {
    confirm(0, [0, 1, 2]);
    confirm(1, [0, 3]);
    act(library.store, 'people.name', { personId: people[0]!, name: 'Anna' });
    const { scores, ...counts } = await measure();
    expect(counts).toEqual({ pack: 'standard', confirmedFaces: 5, confirmedPeople: 2 });
    expect(scores).toMatchObject({ toldApart: { right: 5, mistaken: 0, unsure: 0 }, genuinePairs: 4, genuineWithin: 4, impostorPairs: 6, impostorsWithin: 0 });
    expect(scores!.nearest).toHaveLength(1);
    const [pair] = scores!.nearest;
    expect(pair!.distance).toBeCloseTo(Math.SQRT2, 6);
    expect([pair!.first.id, pair!.second.id].sort()).toEqual([people[0]!, people[1]!].sort());
    const owner = pair!.first.id === people[0] ? 0 : 1;
    expect([0, 1, 2, 3].map((photo) => faceAt(library, photo, owner))).toContain(pair!.firstFaceId);
  });

  it('leaves out people who are set aside', async () => {
    confirm(0, [0, 1]);
    confirm(1, [0, 1]);
    act(library.store, 'people.ignore', { personIds: [people[1]!] });
    expect(await measure()).toMatchObject({ confirmedFaces: 2, confirmedPeople: 1, scores: null });
  });
});
