import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { contract, type ActionMethod, type KindredApi, type Method, type Params, type Result } from '../../electron/api/contract.ts';
import type { PersonSummary } from '../../electron/api/schemas.ts';
import type { FaceId, PersonId, PhotoId } from '../../electron/base/ids.ts';
import { connectInstance } from '../../electron/server/connect-instance.ts';
import { act, clusterInto, everything, type FilledLibrary, fillLibrary, personOf } from '../database/library-fixture.ts';
import { faceAt, openLibraryPerTest } from '../database/library-per-test.ts';
import { notUsed, runKindred, type CommandRun } from '../support/run-kindred.ts';

let folder: string;
let library: FilledLibrary;
let store: FilledLibrary['store'];
let one: PersonId;
let two: PersonId;
/** What of the API is computed from embeddings, with answers made up by each test. */
let computed: { [M in Method]?: (params: never) => Result<M> };

openLibraryPerTest((opened, at) => {
  folder = at;
  library = fillLibrary(opened, 4, 3);
  store = library.store;
  [one, two] = library.personIds as [PersonId, PersonId, PersonId];
  computed = {};
});

/** The database behind the contract, as the engine joins them. */
function createApi(): KindredApi {
  const stored: { [M in Method]?: (params: never) => unknown } = {
    'people.list': store.listPeople,
    'people.get': store.getPerson,
    'people.countStrangers': store.countStrangers,
    'photos.get': store.getPhoto,
    'photos.listDoubles': store.listDoubles,
    'journal.list': store.listJournal,
  };
  return {
    async call<M extends Method>(method: M, params: Params<M>): Promise<Result<M>> {
      const action = 'isAction' in contract[method] ? (valid: never) => store.act(method as ActionMethod, valid).result : undefined;
      const handler = (action ?? stored[method] ?? computed[method]) as ((params: unknown) => unknown) | undefined;
      if (handler === undefined) throw new Error(`Expected no call of ${method}`);
      return contract[method].result.parse(handler(contract[method].params.parse(params))) as Result<M>;
    },
    on: () => () => {},
  };
}

const kindred = (...args: string[]): Promise<CommandRun> =>
  runKindred(args, {
    currentFolder: folder,
    resolveFolders: () => ({
      libraryFolder: folder,
      cacheFolder: folder,
      packsFolder: folder,
      samplesFolder: folder,
      rendererFolder: folder,
    }),
    openEngine: async () => {
      const unused = { get handlers() { return notUsed(); }, get events() { return notUsed(); }, get media() { return notUsed(); } };
      return Object.assign(unused, { api: createApi(), close: async () => {}, log: { noteError: () => undefined } });
    },
    findInstance: async () => null,
    connectInstance,
  });

async function kindredJson(...args: string[]): Promise<unknown> {
  const { code, stdout, stderr } = await kindred(...args, '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as unknown;
}

const faceOf = (photo: number, person: number): FaceId => faceAt(library, photo, person);

function short(id: string): string {
  return id.slice(0, 8);
}

function getPerson(personId: PersonId): PersonSummary {
  return store.getPerson({ personId });
}

describe('kindred person', () => {
  test('shows a person', async () => {
    act(store, 'people.name', { personId: one, name: 'Anna' });
    act(store, 'faces.confirm', { faceIds: [faceOf(0, 0)] });
    expect(await kindred('person', 'Anna')).toMatchObject({
      code: 0,
      stdout: `${short(one)}  4 faces in 4 photos  Anna\n  1 face confirmed\n`,
    });
    expect(await kindredJson('person', one)).toEqual({
      id: one,
      name: 'Anna',
      faces: 4,
      photos: 4,
      cover: getPerson(one).coverFaceId,
      born: null,
      confirmed: 1,
      ignored: false,
    });
  });

  test('sets the birth date and takes it away', async () => {
    const { db } = library.connection;
    db.prepare("UPDATE photos SET capture_source = 'exif', capture_local = '1989-07-01T10:00:00' WHERE uuid IN (?, ?)").run(
      library.photoIds[0],
      library.photoIds[1],
    );
    act(store, 'faces.confirm', { faceIds: [faceOf(1, 0)] });
    const { code, stdout } = await kindred('person', one, '--born', '1990');
    expect(code).toBe(0);
    expect(stdout).toBe(
      `${short(one)}  3 faces in 3 photos  (unnamed)\n  born 1990\n  1 face confirmed\n  1 face from before went out.\n` +
        `  1 confirmed face from before: they or the date must be wrong.\n    ${faceOf(1, 0)}\n`,
    );
    expect((await kindred('history')).stdout).toMatch(/noted that an unnamed person was born 1990\n/);
    expect(await kindredJson('person', one, '--born', 'none')).toMatchObject({ born: null, facesOut: 0, contradictions: [] });
    expect(await kindredJson('person', one, '--born', '1990-05-17')).toMatchObject({ born: '1990-05-17', contradictions: [faceOf(1, 0)] });
  });

  test("takes it in the user's own way of writing", async () => {
    expect(await kindredJson('person', one, '--born', 'May 1990')).toMatchObject({ born: '1990-05' });
  });

  test.each(['1990-13', 'Mai-day 1990', '90', ''])('refuses %j as wrong usage', async (born) => {
    expect(await kindred('person', one, '--born', born)).toMatchObject({ code: 2, stdout: '' });
    expect(await kindred('person', one, '--born', '1990-02-30')).toMatchObject({ code: 2, stdout: '' });
    expect(getPerson(one).born).toBeNull();
  });
});

describe('kindred split', () => {
  beforeEach(() => {
    computed['people.proposeSplit'] = ({ personId }: { personId: PersonId }) => {
      const ids = store.listFaces({ personId, ...everything }).faces.map((face) => face.id);
      const groups = [ids.slice(0, 2), ids.slice(2, 3), ids.slice(3)].filter((group) => group.length > 0);
      return { groups: groups.map((faceIds) => ({ faceIds, confirmedCount: 0 })), probability: 0.874 };
    };
  });

  test('shows the groups and changes nothing', async () => {
    const { stdout, stderr } = await kindred('split', one);
    expect(stdout).toBe(
      'More than one person with a probability of 87 %:\n' +
        `  2 faces\n    ${faceOf(0, 0)}\n    ${faceOf(1, 0)}\n  1 face\n    ${faceOf(2, 0)}\n  1 face\n    ${faceOf(3, 0)}\n`,
    );
    expect(stderr).toContain('Nothing has been changed');
    expect(store.listJournal(everything).total).toBe(0);
  });

  test('makes a person of each group but the first', async () => {
    const { stdout } = await kindred('split', one, '--apply');
    const ids = [2, 3].map((photo) => personOf(library, faceOf(photo, 0)) as PersonId);
    expect(stdout).toBe(ids.map((id) => `${short(id)}  1 face in 1 photo  (unnamed)\n`).join(''));
    expect(await kindredJson('split', one)).toEqual({
      person: one,
      probability: 0.874,
      groups: [{ faces: [faceOf(0, 0), faceOf(1, 0)], confirmed: 0 }],
    });
    expect(await kindred('split', one, '--apply')).toMatchObject({ code: 0, stdout: 'All faces seem to be one person.\n' });
    expect((await kindred('history')).stdout).toMatch(/split 2 people with 2 faces off an unnamed person\n/);
  });
});

describe('kindred outliers and kindred mixed', () => {
  test('list what fits least, at most so many', async () => {
    const faces = store.listFaces({ personId: one, ...everything }).faces;
    computed['people.listOutliers'] = ({ offset, limit }: { offset: number; limit: number }) => ({
      total: faces.length,
      faces: faces.map((face, index) => ({ face, fit: [0, 0.001, 0.5, 1][index]! })).slice(offset, offset + limit),
    });
    expect((await kindred('outliers', one)).stdout.split('\n')).toEqual([
      `  0 %  ${faces[0]!.id}`,
      ` <1 %  ${faces[1]!.id}`,
      ` 50 %  ${faces[2]!.id}`,
      `100 %  ${faces[3]!.id}`,
      '',
    ]);
    expect(await kindredJson('outliers', one, '--limit', '1')).toEqual([{ face: faces[0]!.id, fit: 0, confirmed: false }]);
  });

  test('list who seems to be more than one', async () => {
    computed['people.listMixed'] = () => ({ total: 1, people: [{ person: getPerson(two), probability: 0.999 }] });
    expect((await kindred('mixed')).stdout).toBe(`>99 %  ${short(two)}  4 faces in 4 photos  (unnamed)\n`);
    expect(await kindredJson('mixed')).toMatchObject([{ id: two, faces: 4, probability: 0.999 }]);
    computed['people.listMixed'] = () => ({ total: 0, people: [] });
    expect(await kindred('mixed')).toMatchObject({ stdout: '', stderr: 'Everybody seems to be one person.\n' });
  });
});

describe('kindred doubles', () => {
  test('lists photos in which one name stands at two faces', async () => {
    expect(await kindred('doubles')).toMatchObject({ code: 0, stdout: '', stderr: 'No name stands at two faces of a photo.\n' });
    act(store, 'people.name', { personId: one, name: 'Anna' });
    act(store, 'faces.move', { faceIds: [faceOf(2, 1)], personId: one });
    expect((await kindred('doubles')).stdout).toBe(
      `Anna  2 faces  /media/photos/p2.jpg\n  ${faceOf(2, 0)}\n  ${faceOf(2, 1)}\n`,
    );
    expect(await kindredJson('doubles')).toEqual([
      { name: 'Anna', photo: '/media/photos/p2.jpg', photoId: library.photoIds[2], faces: [faceOf(2, 0), faceOf(2, 1)] },
    ]);
  });
});

describe('kindred strangers', () => {
  beforeEach(() => {
    clusterInto(library, [
      ...[0, 1].map((person) => library.faceIds.map((ids) => ids[person] as FaceId)),
      ...library.faceIds.map((ids) => [ids[2] as FaceId]),
    ]);
  });

  test('counts them, and sets them aside where it is told to', async () => {
    expect(await kindred('strangers')).toMatchObject({
      code: 0,
      stdout: '4 people and 4 faces could be set aside.\n',
      stderr: 'Nothing has been changed. --apply sets them aside.\n',
    });
    expect(await kindredJson('strangers', '--max-faces', '4')).toEqual({ people: 6, faces: 12, applied: false });
    expect((await kindred('strangers', '--max-faces', '1', '--apply')).stdout).toBe('Set 4 people and 4 faces aside.\n');
    expect(await kindredJson('strangers')).toEqual({ people: 0, faces: 0, applied: false });
    expect((await kindred('history')).stdout).toMatch(/ignored 4 faces of strangers\n/);
  });

  test('does the same for one photo, and counts what it then does', async () => {
    act(store, 'people.name', { personId: personOf(library, faceOf(0, 0)) as PersonId, name: 'Anna' });
    const photoId = library.photoIds[1] as PhotoId;
    const counted = await kindredJson('strangers', '--photo', photoId);
    expect(counted).toEqual({ people: 1, faces: 2, applied: false });
    expect(await kindredJson('strangers', '--photo', photoId, '--apply')).toEqual({ people: 1, faces: 2, applied: true });
    expect(await kindredJson('strangers', '--photo', photoId)).toEqual({ people: 0, faces: 0, applied: false });
  });

  test('refuses what makes no sense', async () => {
    expect((await kindred('strangers', '--photo', 'p1.jpg')).code).toBe(2);
    expect((await kindred('strangers', '--photo', library.photoIds[0]!, '--max-faces', '2')).code).toBe(2);
    expect((await kindred('strangers', '--max-faces', '0')).code).toBe(2);
  });
});

describe('kindred review', () => {
  beforeEach(() => {
    computed['review.list'] = ({ personId, limit }: { personId: PersonId | null; limit: number }) => {
      const [face] = store.listFacesByIds([faceOf(0, 0)]);
      const question = { first: getPerson(one), second: getPerson(two), firstFaces: [face!], secondFaces: [face!], probability: 0.62, settles: 3.7 };
      const questions = personId === null || personId === one ? [question] : [];
      return { questions: questions.slice(0, limit), questionsLeft: questions.length, facesLeft: questions.length * 8 };
    };
  });

  test('lists questions, and how many are left', async () => {
    act(store, 'people.name', { personId: one, name: 'Anna' });
    expect(await kindred('review')).toMatchObject({
      code: 0,
      stdout: ` 62 %  ${short(one)} Anna (4 faces)  =  ${short(two)} unnamed (4 faces)  settles 4 faces\n`,
      stderr: '1 question left, about 8 faces.\n',
    });
    expect(await kindredJson('review', 'Anna', '--limit', '5')).toMatchObject({
      questions: [{ first: { id: one, name: 'Anna' }, second: { id: two }, probability: 0.62, settles: 3.7 }],
      questionsLeft: 1,
      facesLeft: 8,
    });
    expect(await kindred('review', library.personIds[2]!)).toMatchObject({ stdout: '', stderr: 'There is nothing to ask.\n' });
  });

  test('takes answers', async () => {
    act(store, 'people.name', { personId: two, name: 'Ben' });
    expect(await kindredJson('review', '--answer', 'not-sure', one, 'Ben')).toMatchObject({ id: one, faces: 4 });
    expect(store.readClusteringInput(library.analysis.packId).leftOpen).toHaveLength(1);
    expect(await kindredJson('review', '--answer', 'no', one, 'Ben')).toMatchObject({ id: one, faces: 4 });
    expect(store.readClusteringInput(library.analysis.packId).rejections).toHaveLength(4);
    expect((await kindred('review', '--answer', 'yes', one, 'Ben')).stdout).toBe(`${short(one)}  8 faces in 4 photos  Ben\n`);
    expect((await kindred('history')).stdout.split('\n').map((line) => line.slice(28))).toEqual([
      'merged 2 people into Ben',
      'told an unnamed person and Ben apart',
      'left open whether an unnamed person and Ben are one person',
      'named Ben',
      '',
    ]);
  });

  test('refuses what makes no sense', async () => {
    for (const args of [['--answer', 'yes', one], ['--answer', 'perhaps', one, two], [one, two], ['--answer', 'no', one, one], ['--limit', '101']]) {
      expect([args, (await kindred('review', ...args)).code]).toEqual([args, 2]);
    }
    expect(store.listJournal(everything).total).toBe(0);
  });
});

describe('kindred recluster', () => {
  beforeEach(() => {
    computed['people.previewRecluster'] = () => ({
      stayingCount: 3,
      leaving: [{ faceIds: [faceOf(3, 0)] }],
      joining: [{ faceIds: [faceOf(0, 1), faceOf(1, 1)] }],
    });
  });

  test('shows what would change, and does it where it is told to', async () => {
    const { stdout, stderr } = await kindred('recluster', one);
    expect(stdout).toBe(
      `3 faces would stay.\n1 face would go out:\n  ${faceOf(3, 0)}\n2 faces would come in:\n  ${faceOf(0, 1)}\n  ${faceOf(1, 1)}\n`,
    );
    expect(stderr).toContain('Nothing has been changed');
    expect(await kindredJson('recluster', one)).toEqual({
      person: one,
      staying: 3,
      leaving: [[faceOf(3, 0)]],
      joining: [[faceOf(0, 1), faceOf(1, 1)]],
    });
    expect((await kindred('recluster', one, '--apply')).stdout).toBe(`${short(one)}  5 faces in 3 photos  (unnamed)\n`);
    expect((await kindred('history')).stdout).toMatch(/compared an unnamed person anew: 1 out, 2 faces in\n/);
  });

  test('compares all faces anew without a person', async () => {
    let calls = 0;
    computed['people.reclusterAll'] = () => {
      calls += 1;
      return {};
    };
    computed['library.status'] = () => ({
      ...store.countLibrary(),
      libraryFolder: folder,
      pack: 'standard',
      packProblem: null,
      runtime: null,
      isConsentGiven: true,
      jobs: [],
    });
    expect(await kindred('recluster')).toMatchObject({ code: 0, stdout: 'The library holds 12 faces of 3 people.\n' });
    expect(await kindredJson('recluster')).toEqual({ people: 3, faces: 12 });
    expect(calls).toBe(2);
  });
});

test('every command has its own line in the help, and its own help', async () => {
  const { stdout } = await kindred('--help');
  for (const name of ['person', 'split', 'outliers', 'mixed', 'doubles', 'strangers', 'review', 'recluster']) {
    expect(stdout).toMatch(new RegExp(`^  ${name} `, 'm'));
    expect((await kindred(name, '--help')).code).toBe(0);
  }
});

describe('kindred evaluate library', () => {
  test('says that there is too little to measure', async () => {
    computed = { 'library.measureTrust': () => ({ pack: 'standard', confirmedFaces: 1, confirmedPeople: 1, scores: null }) };
    expect(await kindred('evaluate', 'library')).toEqual({
      code: 0,
      stdout: '',
      stderr: 'There are 1 confirmed face of 1 person: too few to measure anything. It takes two people with two confirmed faces each.\n',
    });
  });

  test('says how many faces and pairs are told apart, and who comes nearest', async () => {
    act(store, 'people.name', { personId: one, name: 'Anna' });
    const nearest = () => [
      { first: getPerson(one), second: getPerson(two), firstFaceId: faceOf(0, 0), secondFaceId: faceOf(0, 1), distance: 0.9, pairs: 12, pairsWithin: 3 },
    ];
    computed = {
      'library.measureTrust': () => ({
        pack: 'standard',
        confirmedFaces: 7,
        confirmedPeople: 2,
        scores: {
          faces: 7,
          people: 2,
          threshold: 1.02,
          toldApart: { right: 5, mistaken: 1, unsure: 1 },
          genuinePairs: 9,
          genuineWithin: 6,
          impostorPairs: 12,
          impostorsWithin: 3,
          rates: [{ far: 0.1, val: 0.5, standardError: null, threshold: 0.95, impostorsAccepted: 1 }],
          roc: [{ far: 0.1, val: 0.5, threshold: 0.95 }],
          equalError: { rate: 0.2, threshold: 1 },
          distances: { highest: 2, genuine: [1, 8], impostors: [0, 12] },
          nearest: nearest(),
        },
      }),
    };
    const { code, stdout } = await kindred('evaluate', 'library', '--svg', 'charts');
    expect(code).toBe(0);
    expect(stdout.trimEnd().split('\n')).toEqual([
      '7 confirmed faces of 2 people, pack standard.',
      '5 of 7 faces are nearest to their own person within the distance in use, 1.020; 1 to somebody else, 1 near nobody.',
      'VAL 66.67 %: 6 of 9 pairs of one person are within it.',
      'FAR 25.0000 %: 3 of 12 pairs of two people are, too.',
      'VAL 50.00 % at FAR 1e-1, distance 0.950',
      expect.stringMatching(/^people whose faces come nearest +distance +pairs too near +of$/),
      expect.stringMatching(new RegExp(`^Anna and ${two} +0\\.900 +3 +12$`)),
    ]);
    expect(await readFile(join(folder, 'charts', 'distances.svg'), 'utf8')).toContain('in use');
    expect(await kindredJson('evaluate', 'library')).toMatchObject({ scores: { nearest: [{ first: { name: 'Anna' }, pairsWithin: 3 }] } });
  });
});
