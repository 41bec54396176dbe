import { describe, expect, it } from 'vitest';
import type { KindredApi } from '../../../../electron/api/contract.ts';
import { KindredLibrary } from '../../../../native-models/lab/cli/kindred-library.ts';

/** An API that knows two people and 1,500 faces, all but the last of the first; calls are noted. */
function fakeApi() {
  const calls: [string, unknown][] = [];
  const faces = Array.from({ length: 1500 }, (_, index) => ({ id: `id ${index}`, personId: index < 1499 ? 'P1' : 'P2', isIgnored: false }));
  const people = [
    { id: 'P1', name: 'Al', isIgnored: false },
    { id: 'P2', name: null, isIgnored: true },
  ];
  const answers: Record<string, (params: { offset: number; limit: number; filter: string }) => unknown> = {
    'faces.list': ({ offset, limit }) => ({ total: faces.length, faces: faces.slice(offset, offset + limit) }),
    'people.list': ({ filter }) => {
      const listed = people.filter(({ isIgnored }) => isIgnored === (filter === 'ignored'));
      return { total: listed.length, people: listed };
    },
    'review.list': () => ({ questions: [{ first: { id: 'P1' }, second: { id: 'P2' } }] }),
    'people.previewRecluster': () => ({ leaving: [{ faceIds: ['id 3'] }], joining: [{ faceIds: ['id 4', 'id 5'] }] }),
    'people.proposeSplit': () => ({ groups: [{ faceIds: ['id 1'] }, { faceIds: ['id 2'] }] }),
  };
  const api = {
    call: async (method: string, params: never) => {
      calls.push([method, params]);
      return answers[method]?.(params) ?? {};
    },
    on: () => () => {},
  } as unknown as KindredApi;
  const names = new Map(faces.map(({ id }, index) => [`face ${index}`, id]));
  return { library: new KindredLibrary(api, names), calls };
}

describe('KindredLibrary', () => {
  it('reads people and all pages of their faces, by the names that the evaluation knows', async () => {
    const { library, calls } = fakeApi();
    const [first, second] = await library.listPeople();
    expect(first).toMatchObject({ id: 'P1', name: 'Al', isIgnored: false });
    expect(first!.faces).toHaveLength(1499);
    expect(second).toEqual({ id: 'P2', name: null, isIgnored: true, faces: ['face 1499'] });
    expect(calls.map(([method]) => method)).toEqual(['faces.list', 'faces.list', 'people.list', 'people.list']);
  });

  it('makes each action the call that the interface makes', async () => {
    const { library, calls } = fakeApi();
    await library.merge('P1', 'P2');
    await library.moveToNew(['face 7'], 'Bo');
    await library.ignorePeople(['P2']);
    await library.assistance.answer('P1', 'P2', 'not-sure');
    await library.assistance.recluster('P1', [['face 3']], ['face 4']);
    await library.assistance.split('P1', [['face 2']]);
    await library.assistance.ignoreStrangers(2);
    expect(calls).toEqual([
      ['people.merge', { target: 'P1', sources: ['P2'] }],
      ['faces.move', { faceIds: ['id 7'], personId: null, name: 'Bo' }],
      ['people.ignore', { personIds: ['P2'] }],
      ['review.answer', { first: 'P1', second: 'P2', answer: 'not-sure' }],
      ['people.recluster', { personId: 'P1', leaving: [['id 3']], joining: ['id 4'] }],
      ['people.split', { personId: 'P1', groups: [['id 2']] }],
      ['people.ignoreStrangers', { maxFaces: 2 }],
    ]);
  });

  it('tells questions, previews and proposals in the same names', async () => {
    const { assistance } = fakeApi().library;
    expect(await assistance.listQuestions(null)).toEqual([['P1', 'P2']]);
    expect(await assistance.previewRecluster('P1')).toEqual({ leaving: [['face 3']], joining: [['face 4', 'face 5']] });
    expect(await assistance.proposeSplit('P1')).toEqual([['face 1'], ['face 2']]);
  });
});
