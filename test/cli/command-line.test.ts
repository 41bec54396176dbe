import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CliEnvironment } from '../../electron/cli/environment.ts';
import { AppError } from '../../electron/base/errors.ts';
import { connectInstance } from '../../electron/server/connect-instance.ts';
import { findInstance, publishInstance } from '../../electron/server/instance.ts';
import { ensureLibraryKey } from '../../electron/server/library-key.ts';
import { startLocalServer } from '../../electron/server/local-server.ts';
import { createPackStore } from '../../native-models/packs/pack-store.ts';
import { createFakeEngine, createFakeId } from '../support/fake-engine.ts';
import type { FakeEngine } from '../support/fake-engine.ts';
import { createStream, runKindred, type CommandRun } from '../support/run-kindred.ts';

const ansiPattern = new RegExp(`${String.fromCharCode(27)}\\[[0-9;?]*[A-Za-z]`, 'g');

let folder: string;
let engine: FakeEngine;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'kindred-cli-'));
  await writeFile(path.join(folder, 'index.html'), '<!doctype html>');
  engine = createFakeEngine({ isFilled: true, isConsentGiven: true, libraryFolder: folder });
});

afterEach(async () => {
  await engine.close();
  await rm(folder, { recursive: true });
});

/** Runs a command on the fake engine, which lives on after it as a library on disk would. */
async function kindred(args: string[], changes: Partial<CliEnvironment> = {}, isTTY = false): Promise<CommandRun> {
  const run = await runKindred(args, {
    isTTY,
    currentFolder: folder,
    resolveFolders: (libraryFolder) => ({
      libraryFolder: libraryFolder ?? folder,
      cacheFolder: folder,
      packsFolder: folder,
      samplesFolder: folder,
      rendererFolder: folder,
    }),
    openEngine: async () => ({ ...engine, close: async () => {} }),
    openPacks: async ({ packsFolder }) => createPackStore({ packsFolder }),
    findInstance: async () => null,
    connectInstance,
    openBrowser: async () => true,
    diagnose: async () => ({ isReady: true, findings: [], runtimes: { measuredAt: '2026-01-02T03:04:05.678Z', workers: 2, runtimes: [] } }),
    ...changes,
  });
  return { ...run, stderr: run.stderr.replace(ansiPattern, '') };
}

async function kindredJson<Value>(args: string[]): Promise<Value> {
  const { code, stdout, stderr } = await kindred([...args, '--json']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as Value;
}

interface PersonRecord {
  id: string;
  name: string | null;
  faces: number;
  photos: number;
  cover: string | null;
}

async function listFaces(person?: string): Promise<{ id: string; person: string; photo: string }[]> {
  const { stdout } = await kindred(['faces', ...(person === undefined ? [] : ['--person', person])]);
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { id: string; person: string; photo: string });
}

describe('kindred people', () => {
  test('prints everyone as a JSON array, largest first', async () => {
    const people = await kindredJson<PersonRecord[]>(['people']);
    expect(people).toHaveLength(21);
    expect(Object.keys(people[0]!)).toEqual(['id', 'name', 'faces', 'photos', 'cover']);
    expect(people[0]).toMatchObject({ name: null, faces: 2, photos: 2 });
    expect(people.at(-1)).toMatchObject({ faces: 1 });
  });

  test('prints everyone of a large library', async () => {
    engine = createFakeEngine({ extraPeople: 2_500 });
    const people = await kindredJson<PersonRecord[]>(['people']);
    expect(new Set(people.map((person) => person.id)).size).toBe(2_500);
    const counts = people.map((person) => person.faces);
    expect(counts).toEqual(counts.toSorted((a, b) => b - a));
  });

  test('prints a line for each to a reader', async () => {
    const { code, stdout } = await kindred(['people']);
    expect(code).toBe(0);
    expect(stdout.split('\n')[0]).toMatch(/^[0-9a-f]{8} {2}2 faces in 2 photos {2}\(unnamed\)$/);
  });

  test('takes --json before the command, too', async () => {
    const { stdout } = await kindred(['--json', 'people']);
    expect(JSON.parse(stdout)).toHaveLength(21);
  });
});

describe('kindred faces', () => {
  test('prints every face as a line of JSON, with or without --json', async () => {
    const { stdout } = await kindred(['faces']);
    expect(stdout).toBe((await kindred(['faces', '--json'])).stdout);
    const faces = await listFaces();
    expect(faces).toHaveLength(22);
    expect(Object.keys(faces[0]!)).toEqual([
      'id',
      'photo',
      'box',
      'score',
      'quality',
      'landmarks',
      'person',
      'cluster',
      'confirmed',
      'pack',
    ]);
    expect(path.isAbsolute(faces[0]!.photo)).toBe(true);
  });

  test('prints embeddings where they are asked for', async () => {
    const { stdout } = await kindred(['faces', '--embeddings']);
    const face = JSON.parse(stdout.split('\n')[0]!) as { embedding: number[] };
    expect(face.embedding).toHaveLength(512);
  });

  test('prints the faces of one person', async () => {
    const [person] = await kindredJson<PersonRecord[]>(['people']);
    const faces = await listFaces(person!.id);
    expect(faces.map((face) => face.person)).toEqual([person!.id, person!.id]);
  });
});

describe('which person is meant', () => {
  test('is said by an id, the beginning of one, or a name', async () => {
    const [person] = await kindredJson<PersonRecord[]>(['people']);
    const id = person!.id;
    for (const [text, name] of [
      [id, 'Anna'],
      [id.toUpperCase(), 'Berta'],
      [id.slice(0, 8), '김하나'],
      ['김하나', 'Ada'],
      ['Ada', 'Carla'],
    ] as const) {
      expect(await kindredJson<PersonRecord>(['name', text, name])).toMatchObject({ id, name });
    }
  });

  test('is the one of that name rather than the one whose id begins so', async () => {
    const [first, second] = await kindredJson<PersonRecord[]>(['people']);
    const prefix = second!.id.slice(0, 4);
    await kindred(['name', first!.id, prefix]);
    expect(await kindredJson<PersonRecord>(['name', prefix, 'Anna'])).toMatchObject({ id: first!.id });
  });

  test('is asked again where two have the name', async () => {
    const [first, second] = await kindredJson<PersonRecord[]>(['people']);
    await kindred(['name', first!.id, 'Anna']);
    await kindred(['name', second!.id, 'Anna']);
    const { code, stderr } = await kindred(['name', 'Anna', 'Berta']);
    expect(code).toBe(1);
    expect(stderr).toContain('More than one person fits Anna');
    expect(stderr).toContain(first!.id.slice(0, 8));
  });

  test.each(['Nobody', 'ffffffff', '', createFakeId<string>('nobody')])('is not found as %j', async (text) => {
    const { code, stdout, stderr } = await kindred(['name', text, 'Anna']);
    expect(code).toBe(text === '' ? 2 : 1);
    expect(stdout).toBe('');
    expect(stderr).not.toBe('');
  });
});

describe('what the user settles', () => {
  test('a name, and taking it away', async () => {
    const [person] = await kindredJson<PersonRecord[]>(['people']);
    expect(await kindredJson(['name', person!.id, 'Anna'])).toEqual({ ...person, name: 'Anna' });
    expect(await kindredJson(['name', 'Anna', ''])).toEqual({ ...person, name: null });
  });

  test('a merge, whose first person stays', async () => {
    const [first, second, third] = await kindredJson<PersonRecord[]>(['people']);
    const merged = await kindredJson<PersonRecord>(['merge', second!.id, first!.id, third!.id]);
    expect(merged).toMatchObject({ id: second!.id, faces: 4 });
    expect(await kindredJson<PersonRecord[]>(['people'])).toHaveLength(19);
    // The id of a merged person leads to the one it went into.
    expect(await kindredJson(['name', first!.id, 'Anna'])).toMatchObject({ id: second!.id, name: 'Anna' });
  });

  test('no merge of a person with itself', async () => {
    const [first] = await kindredJson<PersonRecord[]>(['people']);
    expect(await kindred(['merge', first!.id, first!.id])).toMatchObject({ code: 2, stdout: '' });
  });

  test('a move to another person and to a new one', async () => {
    const [first, second] = await kindredJson<PersonRecord[]>(['people']);
    const [face] = await listFaces(second!.id);
    const target = await kindredJson<PersonRecord>(['move', face!.id, '--to', first!.id]);
    expect(target).toMatchObject({ id: first!.id, faces: 3 });
    const created = await kindredJson<PersonRecord>(['move', face!.id, '--new']);
    expect(created).toMatchObject({ faces: 1, cover: face!.id });
    expect(created.id).not.toBe(first!.id);
  });

  test.each([
    [['move', createFakeId<string>('x')]],
    [['move', createFakeId<string>('x'), '--to', 'Anna', '--new']],
    [['move', 'not-an-id', '--new']],
    [['reject', createFakeId<string>('x'), '']],
  ])('nothing where the call makes no sense: %j', async (args) => {
    const run = await kindred(args);
    expect(run).toMatchObject({ code: 2, stdout: '' });
    expect(run.stderr).toMatch(/^error: /);
  });

  test('a confirmation', async () => {
    const [face] = await listFaces();
    expect(await kindredJson(['confirm', face!.id, face!.id])).toEqual({ people: [], faces: [face!.id] });
    expect(await listFaces()).toContainEqual(expect.objectContaining({ id: face!.id, confirmed: true }));
  });

  test('a rejection, which gives the face a person of its own', async () => {
    const [person] = await kindredJson<PersonRecord[]>(['people']);
    const [face] = await listFaces(person!.id);
    await kindred(['reject', face!.id]);
    const rejected = (await listFaces()).find(({ id }) => id === face!.id)!;
    expect(rejected.person).not.toBe(person!.id);
  });

  test('people and faces put out of sight, told apart by their ids', async () => {
    const [person, other] = await kindredJson<PersonRecord[]>(['people']);
    await kindred(['name', person!.id, 'Anna']);
    const [face] = await listFaces(other!.id);
    expect(await kindredJson(['ignore', 'Anna', face!.id])).toEqual({ people: [person!.id], faces: [face!.id] });
    const people = await kindredJson<PersonRecord[]>(['people']);
    expect(people.map(({ id }) => id)).not.toContain(person!.id);
  });

  test('a face that is not there is not confirmed', async () => {
    const { code, stderr } = await kindred(['confirm', createFakeId<string>('x')]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^There is no face /);
  });
});

describe('undo, redo and history', () => {
  test('take actions back and do them again', async () => {
    const before = await kindredJson<PersonRecord[]>(['people']);
    const [first, second] = before;
    await kindred(['name', first!.id, 'Anna']);
    await kindred(['merge', first!.id, second!.id]);
    const after = await kindredJson<PersonRecord[]>(['people']);
    const undone = await kindredJson<{ kind: string; undone: boolean }[]>(['undo', '2']);
    expect(undone.map(({ kind }) => kind)).toEqual(['merge-people', 'name-person']);
    expect(undone.every((entry) => entry.undone)).toBe(true);
    expect(await kindredJson(['people'])).toEqual(before);
    await kindred(['redo', '2']);
    expect(await kindredJson(['people'])).toEqual(after);
  });

  test('say so where there is nothing to take back or to do again', async () => {
    expect(await kindred(['undo'])).toMatchObject({ code: 1, stderr: 'There is nothing to undo.\n' });
    expect(await kindred(['redo'])).toMatchObject({ code: 1, stderr: 'There is nothing to redo.\n' });
  });

  test('take one action back by its id or the beginning of it, and name what stands in the way', async () => {
    const [first, second] = await kindredJson<PersonRecord[]>(['people']);
    const before = await kindredJson(['people']);
    await kindred(['name', first!.id, 'Anna']);
    await kindred(['merge', first!.id, second!.id]);
    const [merge, naming] = await kindredJson<{ id: string }[]>(['history']);
    const refused = await kindred(['undo', naming!.id]);
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toContain(`${merge!.id.slice(0, 8)}  `);
    expect(refused.stderr).toContain('Nothing has been changed: another action stands in the way. --with-dependents takes them back, too.');
    const undone = await kindredJson<{ id: string }[]>(['undo', naming!.id.slice(0, 8), '--with-dependents']);
    expect(undone.map(({ id }) => id)).toEqual([merge!.id, naming!.id]);
    expect(await kindredJson(['people'])).toEqual(before);
    expect(await kindredJson(['redo', merge!.id, '--with-dependents'])).toHaveLength(2);
    expect((await kindred(['undo', 'abcdef01'])).stderr).toMatch(/^There is no action abcdef01 in the history/);
  });

  test('count by an argument or by --count', async () => {
    const [first] = await kindredJson<PersonRecord[]>(['people']);
    for (const name of ['Anna', 'Berta', 'Carla']) await kindred(['name', first!.id, name]);
    expect(await kindredJson(['undo', '--count', '2'])).toHaveLength(2);
    expect(await kindredJson(['redo', '--count', '5'])).toHaveLength(2);
    expect((await kindred(['undo', '2', '--count', '2'])).code).toBe(2);
  });

  test('refuse to take back less than one action', async () => {
    for (const count of ['0', '-1', '1.5', 'all']) expect((await kindred(['undo', count])).code).toBe(2);
  });

  test('are listed, newest first', async () => {
    const [first] = await kindredJson<PersonRecord[]>(['people']);
    await kindred(['name', first!.id, 'Anna']);
    await kindred(['name', first!.id, 'Berta']);
    await kindred(['undo']);
    const { stdout } = await kindred(['history']);
    const [entry, earlier] = await kindredJson<{ id: string }[]>(['history']);
    expect(stdout).toBe(
      `${entry!.id.slice(0, 8)}  2026-01-01 00:01  named Berta  (undone)\n` +
        `${earlier!.id.slice(0, 8)}  2026-01-01 00:00  named Anna\n`,
    );
    expect(entry).toEqual({
      id: expect.any(String),
      kind: 'name-person',
      at: '2026-01-01T00:01:00.000Z',
      parameters: { name: 'Berta', previousName: 'Anna' },
      undone: true,
    });
    expect(await kindredJson(['history', '--limit', '1'])).toHaveLength(1);
  });
});

describe('kindred import', () => {
  test('prints what it found as one line of JSON, and nothing else', async () => {
    const summary = await kindredJson<object>(['import', '.']);
    expect(summary).toEqual({
      photos: 6,
      added: 0,
      faces: 22,
      people: 21,
      failed: [],
      skipped: 6,
      seconds: 3,
      runtime: 'onnx',
    });
    expect(engine.importedFolders).toEqual([[folder]]);
  });

  test('lists files that could not be read, and is done all the same', async () => {
    const broken = path.join(folder, 'broken');
    await mkdir(broken);
    const run = await kindred(['import', broken]);
    expect(run.code).toBe(0);
    expect(run.stdout).toContain('4 files could not be read:');
    expect(run.stdout).toContain(`  ${path.join(broken, 'empty.jpg')}: The file is empty.`);
    expect(run.stdout).toContain('Not supported yet: 2 heic.');
    const json = await kindredJson<{ failed: object[] }>(['import', broken]);
    expect(json.failed[0]).toEqual({ path: path.join(broken, 'empty.jpg'), reason: 'empty-file', detail: '0 bytes' });
  });

  test('says what was found, and whom', async () => {
    engine = createFakeEngine({ isConsentGiven: true });
    const { stdout } = await kindred(['import', '.']);
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).toBe('6 photos found, 6 new, 0 already known (3 s, 2.0 photos a second, onnx).');
    expect(lines[1]).toBe('The library holds 22 faces of 21 people.');
    expect(lines[2]).toMatch(/^ {2}[0-9a-f]{8} {2}2 faces in 2 photos {2}\(unnamed\)$/);
    expect(lines.at(-1)).toBe('  and 11 people more');
  });

  test('says before the first import what is kept and where, once', async () => {
    engine = createFakeEngine({ libraryFolder: '/libraries/mine' });
    const { stderr } = await kindred(['import', '.']);
    expect(stderr).toContain('biometric data');
    expect(stderr).toContain('/libraries/mine');
    expect((await kindred(['import', '.'])).stderr).not.toContain('biometric data');
  });

  test('draws a bar on a terminal, and none in a pipe', async () => {
    engine = createFakeEngine({ isConsentGiven: true });
    const onTerminal = await kindred(['import', '.'], {}, true);
    expect(onTerminal.stderr).toMatch(/Finished +\[=+\] 6\/6 22 faces/);
    engine = createFakeEngine({ isConsentGiven: true });
    const inPipe = await kindred(['import', '.']);
    expect(inPipe.stderr).toContain('Finding faces 1/6, 3 faces, 2.0 photos/s, 3 s left\n');
    expect(inPipe.stderr).not.toContain('[');
  });

  test('fails for a folder that is not there, before it makes a library', async () => {
    const { code, stderr } = await kindred(['import', 'nowhere'], {
      openEngine: () => Promise.reject(new Error('opened')),
    });
    expect(code).toBe(1);
    expect(stderr).toBe('There is no folder nowhere.\n');
  });

  test('stops at Ctrl-C and says how to go on; a second one quits', async () => {
    const interrupts: (() => void)[] = [];
    let quits = 0;
    let photos = 0;
    engine = createFakeEngine({
      isConsentGiven: true,
      pause: async () => {
        if (++photos !== 3) return;
        interrupts[0]!();
        interrupts[0]!();
      },
    });
    const { code, stdout, stderr } = await kindred(['import', '.'], {
      onInterrupt: (listener) => {
        interrupts.push(listener);
        return () => {};
      },
      quit: () => void quits++,
    });
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toContain('run the same command again to go on');
    expect(quits).toBe(1);
    const status = await engine.api.call('library.status', {});
    expect(status.jobs[0]!.state).toBe('cancelled');
    expect(status.photos).toBeGreaterThan(0);
  });

  test('fails with the reason where the import fails', async () => {
    const failing = createFakeEngine({ isConsentGiven: true });
    const jobId = createFakeId<never>('failing');
    const { code, stderr } = await kindred(['import', '.'], {
      openEngine: async () => ({
        ...failing,
        api: {
          call: async (method: string) => (method === 'import.start' ? { jobId } : { isConsentGiven: true }) as never,
          on: (_, listener) => {
            setImmediate(() =>
              listener({
                id: jobId,
                kind: 'import',
                state: 'failed',
                folders: [],
                progress: { stage: 'preparing', done: 0, total: null, faces: 0, failed: 0, photosPerSecond: null, secondsLeft: null },
                summary: null,
                error: { code: 'model-missing', message: 'x', parameters: { file: 'fr_detect.onnx' } },
                createdAt: '',
              } as never),
            );
            return () => {};
          },
        },
      }),
    });
    expect(code).toBe(1);
    expect(stderr).toContain('The model file fr_detect.onnx is missing.');
  });
});

describe('kindred status and compare', () => {
  test('status says what the library holds', async () => {
    const { stdout } = await kindred(['status']);
    expect(stdout).toMatch(/^Photos\s+6$/m);
    expect(await kindredJson(['status'])).toMatchObject({ photos: 6, faces: 22, people: 21 });
  });

  test('compare measures every pair of faces', async () => {
    const comparison = await kindredJson<{ threshold: number; pairs: object[] }>(['compare', 'sample1.jpg', 'sample1.jpg']);
    expect(comparison.pairs).toHaveLength(9);
    expect(Object.keys(comparison.pairs[0]!)).toEqual(['first', 'second', 'distance', 'same']);
    const { stdout } = await kindred(['compare', 'sample1.jpg', 'sample2.jpg']);
    expect(stdout.split('\n')[0]).toMatch(/^1\.350 {2}not the same {2}183x237\+417\+358/);
  });

  test('compare fails for what is no photo', async () => {
    const { code, stderr } = await kindred(['compare', 'a.txt', 'sample1.jpg']);
    expect(code).toBe(1);
    expect(stderr).toContain('a.txt cannot be read.');
  });
});

describe('wrong usage', () => {
  test.each([
    [[]],
    [['dance']],
    [['people', '--colour']],
    [['people', 'extra', 'words']],
    [['people', '--runtime', 'abacus']],
    [['import']],
    [['serve', '--port', '99999']],
    [['faces', '--person']],
  ])('is exit code 2 and nothing on stdout: %j', async (args) => {
    const { code, stdout, stderr } = await kindred(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).not.toBe('');
  });

  test('is told from a wish for help', async () => {
    expect((await kindred(['--help'])).code).toBe(0);
    expect((await kindred(['merge', '--help'])).stdout).toContain('--library <dir>');
    expect(await kindred(['--version'])).toMatchObject({ code: 0, stdout: '1.2.3\n' });
  });
});

describe('errors', () => {
  test('are sentences, with a stack only where debugging is asked for', async () => {
    const openEngine = (): Promise<never> => Promise.reject(new TypeError('x is not a function'));
    const { code, stderr } = await kindred(['people'], { openEngine });
    expect(code).toBe(1);
    expect(stderr).toBe(
      "Something went wrong inside Kindred: x is not a function. logs/kindred.log in the library's folder says where; so does KINDRED_DEBUG=1.\n",
    );
    const debugged = await kindred(['people'], { openEngine, variables: { KINDRED_DEBUG: '1' } });
    expect(debugged.stderr).toContain('    at ');
  });

  test('pass no control characters on to the terminal', async () => {
    const [person] = await kindredJson<PersonRecord[]>(['people']);
    await kindred(['name', person!.id, `Anna\u{1b}[2J`]);
    expect((await kindred(['people'])).stdout).not.toContain('\u{1b}');
  });

  test('close the library all the same', async () => {
    let isClosed = false;
    const { code } = await kindred(['name', 'Nobody', 'Anna'], {
      openEngine: async () => ({
        ...engine,
        close: async () => {
          isClosed = true;
        },
      }),
    });
    expect(code).toBe(1);
    expect(isClosed).toBe(true);
  });
});

describe('a library that another Kindred has open', () => {
  const inUse = { openEngine: () => Promise.reject(new AppError('library-in-use', 'in use', { parameters: { pid: 42 } })) };

  test('is worked on through it where it serves', async () => {
    const server = await startLocalServer({ engine, rendererFolder: folder, port: 0, libraryKey: await ensureLibraryKey(folder) });
    const unpublish = await publishInstance(folder, server);
    try {
      const { code, stdout } = await kindred(['people', '--json'], { ...inUse, findInstance });
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toHaveLength(21);
      const run = await kindred(['import', '.', '--runtime', 'wasm'], { ...inUse, findInstance });
      expect(run.code).toBe(0);
      expect(run.stderr).toContain('--runtime is left aside');
      expect(engine.importedFolders).toEqual([[folder]]);
    } finally {
      await unpublish();
      await server.close();
    }
  });

  test('is refused with one clear line where it does not', async () => {
    const { code, stdout, stderr } = await kindred(['people'], inUse);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toBe('The library is in use by another Kindred (process 42). Close it and try again.\n');
  });
});

describe('kindred serve', () => {
  /** Serves until the test has looked, as if Ctrl-C were pressed then.
   *  @param waitFor what has to be printed before the test looks */
  async function serve(
    args: string[],
    look: (url: string) => Promise<void>,
    changes: Partial<CliEnvironment> = {},
    waitFor = /ticket=/,
  ): Promise<CommandRun> {
    const stdout = createStream();
    let interrupt: () => void = () => {};
    let looking: Promise<void> | null = null;
    const write = (text: string): boolean => {
      stdout.write(text);
      const url = /http:\/\/127\.0\.0\.1:\d+\/\?ticket=[\w-]+/.exec(stdout.text)?.[0];
      if (url !== undefined && waitFor.test(stdout.text)) {
        looking ??= look(url).finally(() => setImmediate(() => interrupt()));
      }
      return true;
    };
    const run = await kindred(['serve', '--port', '0', ...args], {
      findInstance,
      stdout: { isTTY: false, write, once: () => undefined },
      onInterrupt: (listener) => {
        interrupt = listener;
        return () => {};
      },
      ...changes,
    });
    if (looking !== null) await (looking as Promise<void>);
    return { ...run, stdout: stdout.text };
  }

  test('prints the address, serves the app there, and ends at Ctrl-C', async () => {
    let status = 0;
    const { code, stderr } = await serve(['--no-open'], async (url) => {
      status = (await fetch(url, { redirect: 'manual' })).status;
    });
    expect(code).toBe(0);
    expect(status).toBe(303);
    expect(stderr).toContain('Closing Kindred.');
    expect(await findInstance(folder)).toBeNull();
  });

  test('opens the browser with a ticket instead of the token, unless told not to', async () => {
    const opened: string[] = [];
    const openBrowser = async (url: string): Promise<boolean> => opened.push(url) > 0;
    let printed = '';
    await serve([], async (url) => void (printed = url), { openBrowser });
    expect(opened).toHaveLength(1);
    expect(opened[0]).not.toBe(printed);
    await serve(['--no-open'], async () => {}, { openBrowser });
    expect(opened).toHaveLength(1);
  });

  test('ends at once at the second Ctrl-C, though the library does not close', async () => {
    let interrupt: () => void = () => {};
    const quit = new Promise<void>((resolve) => {
      void kindred(['serve', '--port', '0', '--no-open'], {
        findInstance,
        openEngine: async () => ({
          ...engine,
          close: () => {
            interrupt();
            return new Promise(() => {});
          },
        }),
        stdout: { isTTY: false, write: () => (setImmediate(() => interrupt()), true), once: () => undefined },
        onInterrupt: (listener) => {
          interrupt = listener;
          return () => {};
        },
        quit: resolve,
      });
    });
    await quit;
  });

  test('imports the folders that are named and reports while it serves', async () => {
    const { code, stdout } = await serve(['--no-open', '.'], async () => {}, {}, /The library holds/);
    expect(code).toBe(0);
    expect(stdout).toContain('The library holds 22 faces of 21 people.');
  });

  test('on a library that is served already, opens that server and leaves it running', async () => {
    const server = await startLocalServer({ engine, rendererFolder: folder, port: 0, libraryKey: await ensureLibraryKey(folder) });
    const unpublish = await publishInstance(folder, server);
    try {
      const opened: string[] = [];
      const run = await kindred(['serve', '.'], {
        findInstance,
        openEngine: () => Promise.reject(new Error('opened twice')),
        openBrowser: async (url) => opened.push(url) > 0,
      });
      expect(run.code).toBe(0);
      const [printed] = /http:\S+/.exec(run.stdout)!;
      expect(printed).toContain(`http://127.0.0.1:${server.port}/?ticket=`);
      expect(printed).not.toContain(server.token);
      expect(opened[0]).not.toBe(printed);
      for (const url of [printed, opened[0]!]) expect((await fetch(url, { redirect: 'manual' })).status).toBe(303);
      expect(run.stdout).toContain('The library holds 22 faces of 21 people.');
      expect(opened[0]).toContain(`http://127.0.0.1:${server.port}/?ticket=`);
      expect(opened[0]).not.toContain(server.token);
      expect((await findInstance(folder))?.port).toBe(server.port);
    } finally {
      await unpublish();
      await server.close();
    }
  });

  test('fails where the port is taken', async () => {
    const server = await startLocalServer({ engine, rendererFolder: folder, port: 0 });
    try {
      const { code, stderr } = await kindred(['serve', '--port', String(server.port)]);
      expect(code).toBe(1);
      expect(stderr).toBe(`Port ${server.port} is taken. Choose another with --port.\n`);
    } finally {
      await server.close();
    }
  });
});

describe('kindred doctor', () => {
  const right = { name: 'onnx', state: 'right', device: 'cpu', description: 'ONNX Runtime 1', msPerPhoto: 21.44, reason: null } as const;
  const missing = { name: 'webgpu', state: 'missing', device: null, description: null, msPerPhoto: null, reason: 'no GPU' } as const;
  const runtimes = {
    measuredAt: '2026-01-02T03:04:05.678Z',
    workers: 1,
    runtimes: [
      { ...right, isChosen: true, remedy: null },
      { ...missing, isChosen: false, remedy: 'Buy one.' },
    ],
  };

  test('says what is missing and how to get it, and fails where Kindred cannot work', async () => {
    const finding = { id: 'models', name: 'Models', state: 'missing' as const, detail: 'no files', remedy: 'Run\n  npm pack x' };
    const diagnose = async () => ({ isReady: false, findings: [finding], runtimes });
    const { code, stdout } = await kindred(['doctor'], { diagnose });
    expect(code).toBe(1);
    expect(stdout).toBe(
      [
        '--  Models  no files',
        '            Run',
        '              npm pack x',
        '',
        '    Runtime  State    Device    ms',
        '->  onnx     right    CPU     21.4  ONNX Runtime 1',
        '    webgpu   missing  -          -  no GPU',
        '             Buy one.',
        'ms: the networks of a photo with four faces, on one thread; measured 2026-01-02 03:04 UTC, --measure measures again.',
        '->: what auto takes with 1 worker, each with a core; a GPU they share.',
        '',
      ].join('\n'),
    );
    const json = await kindred(['doctor', '--json'], { diagnose });
    expect(JSON.parse(json.stdout)).toEqual({ isReady: false, findings: [finding], runtimes });
  });

  test('measures again where it is asked to', async () => {
    const asked: boolean[] = [];
    const diagnose: CliEnvironment['diagnose'] = async (_folders, { isMeasuredAgain }) => {
      asked.push(isMeasuredAgain);
      return { isReady: true, findings: [], runtimes };
    };
    await kindred(['doctor'], { diagnose });
    await kindred(['doctor', '--measure'], { diagnose });
    expect(asked).toEqual([false, true]);
  });

  test('opens no library', async () => {
    const openEngine = (): Promise<never> => Promise.reject(new Error('opened'));
    expect((await kindred(['doctor'], { openEngine })).code).toBe(0);
  });
});

test('every command of the program has its own line in the help', async () => {
  const { stdout } = await kindred(['--help']);
  const issueCommands =
    'import people faces name merge move confirm reject ignore undo redo history status serve doctor compare evaluate';
  for (const name of issueCommands.split(' ')) expect(stdout).toMatch(new RegExp(`^  ${name} `, 'm'));
});

test('the program is what package.json calls kindred', async () => {
  const manifest = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8')) as {
    bin: { kindred: string };
  };
  expect(manifest.bin.kindred).toBe('dist/electron/cli/main.js');
});

describe('kindred packs', () => {
  interface PackRecord {
    name: string;
    state: string;
    active: boolean;
    lacking: { files: string[]; needsDownload: boolean; hosts: string[] };
    licence: { name: string };
    trainingData: string;
  }

  test('lists the packs, with and without a library', async () => {
    const without = await kindredJson<PackRecord[]>(['packs', 'list']);
    expect(without.map(({ name }) => name)).toEqual(['standard', 'classic', 'opencv-zoo']);
    expect(without.some(({ active }) => active)).toBe(false);
    expect(without[2]).toMatchObject({ state: 'incomplete', lacking: { needsDownload: true } });
    await writeFile(path.join(folder, 'library.sqlite'), '');
    const withLibrary = await kindredJson<PackRecord[]>(['packs', 'list']);
    expect(withLibrary.filter(({ active }) => active).map(({ name }) => name)).toEqual(['standard']);
    const { stdout } = await kindred(['packs', 'list']);
    expect(stdout).toContain('* standard 1.0.0  ready');
    expect(stdout).toContain('"kindred packs download opencv-zoo"');
  });

  test('lists them while another Kindred has the library and does not serve it', async () => {
    await writeFile(path.join(folder, 'library.sqlite'), '');
    const openEngine = (): Promise<never> => Promise.reject(new AppError('library-in-use', 'in use'));
    const { code, stdout } = await kindred(['packs', 'list'], { openEngine });
    expect(code).toBe(0);
    expect(stdout).toContain('standard');
  });

  test('says what a download is before it begins, and what became of it', async () => {
    const requests: string[] = [];
    const fetch = async (address: string | URL | Request): Promise<Response> => {
      requests.push(String(address));
      throw new TypeError('no network');
    };
    const openPacks: CliEnvironment['openPacks'] = async ({ packsFolder }) => createPackStore({ packsFolder, fetch, pause: async () => undefined });
    const { code, stderr } = await kindred(['packs', 'download', 'opencv-zoo'], { openPacks });
    expect(code).toBe(1);
    expect(requests.length).toBeGreaterThan(0);
    expect(stderr).toMatch(/Fetching \d+\.\d MB from /);
    expect(stderr).toContain('Nothing of yours is sent');
    expect(stderr).toContain('Licence: ');
    expect(stderr).toContain('Training data: ');
    expect(stderr).toContain('could not be fetched');
  });

  test('switches the library, saying what will be looked at', async () => {
    const { code, stdout, stderr } = await kindred(['packs', 'use', 'classic']);
    expect(code).toBe(0);
    expect(stderr).toContain('6 photos of the library will be looked at again with classic. Names stay.');
    expect(stdout).toContain('6 photos looked at again with classic');
    expect(await kindredQuietly(['packs', 'use', 'classic'])).toMatchObject({ pack: 'classic', photos: 0 });
    expect((await engine.api.call('library.status', {})).pack).toBe('classic');
  });

  test('refuses what is not there', async () => {
    expect(await kindred(['packs', 'use', 'nobody'])).toMatchObject({ code: 1, stderr: expect.stringContaining('no model pack nobody') });
    const missing = await kindred(['packs', 'use', 'opencv-zoo']);
    expect(missing).toMatchObject({ code: 1, stderr: expect.stringContaining('kindred packs download opencv-zoo') });
    expect((await kindred(['packs', 'add', 'nothing.json'])).code).toBe(2);
    expect((await kindred(['packs', 'verify', 'standard'])).code).toBe(1);
    expect((await kindred(['packs', 'eat'])).code).toBe(2);
  });

  async function kindredQuietly(args: string[]): Promise<unknown> {
    const { stdout } = await kindred([...args, '--json']);
    return JSON.parse(stdout) as unknown;
  }
});

describe('kindred settings', () => {
  test('shows and changes effort and runtime', async () => {
    expect(await kindredJson(['settings'])).toMatchObject({ effort: 'balanced', runtime: 'auto' });
    const { stdout } = await kindred(['settings', 'set', 'effort', 'thorough']);
    expect(stdout).toMatch(/effort\s+thorough\s+of fast, balanced, thorough/);
    expect(await kindredJson(['settings', 'set', 'runtime', 'wasm'])).toMatchObject({ effort: 'thorough', runtime: 'wasm' });
  });

  test.each([
    [['set', 'effort', 'lazy']],
    [['set', 'runtime', 'abacus']],
    [['set', 'colour', 'red']],
  ])('refuses %j as wrong usage', async (args) => {
    expect((await kindred(['settings', ...args])).code).toBe(2);
  });
});

test('an import can be told its pack and its effort', async () => {
  const { code, stderr } = await kindred(['import', folder, '--pack', 'classic', '--effort', 'fast']);
  expect(code).toBe(0);
  expect(stderr).toContain('looked at again with classic');
  const { jobs } = await engine.api.call('jobs.list', {});
  expect(jobs.find(({ kind }) => kind === 'import')).toMatchObject({ effort: 'fast' });
  expect(jobs.some((job) => job.kind === 'switch-pack' && job.pack === 'classic')).toBe(true);
  expect((await kindred(['import', folder, '--effort', 'lazy'])).code).toBe(2);
});

describe('learn', () => {
  test('learns, says who is told apart better and how many questions fewer there are, and takes it back', async () => {
    const learnt = await kindred(['learn']);
    expect(learnt).toMatchObject({ code: 0 });
    expect(learnt.stdout).toContain('Version 1, from 212 faces of 7 people: in use.');
    expect(learnt.stdout).toContain('Tells apart Penny and Bernadette better: 41 pairs of faces confused before, 3 now.');
    expect(learnt.stdout).toContain('VAL 96.10 % before, 98.40 % after, at FAR 0.001 (the difference ± 0.60 %).');
    expect(learnt.stdout).toContain('Questions left: 52 before, 21 after.');
    const forgotten = await kindredJson<{ current: number | null; versions: { state: string }[] }>(['learn', '--forget']);
    expect(forgotten).toMatchObject({ current: null, versions: [{ state: 'set-aside' }] });
    expect((await kindred(['learn', '--status'])).stdout).toContain('Faces are compared as the pack standard does.');
    expect(await kindredJson(['learn', '--use', '1'])).toMatchObject({ current: 1 });
  });

  test('refuses a version that is not there, and two wishes that contradict each other', async () => {
    expect((await kindred(['learn', '--use', '7'])).code).toBe(1);
    expect((await kindred(['learn', '--use', '1', '--forget'])).code).toBe(2);
    expect((await kindred(['learn', '--automatic', 'sometimes'])).code).toBe(2);
  });

  test('is done by itself or not, as the user wants it', async () => {
    expect(await kindredJson(['learn', '--automatic', 'off'])).toMatchObject({ isAutomatic: false, versions: [] });
    expect((await kindred(['learn', '--status'])).stdout).toContain('Kindred learns when told to.');
  });
});
