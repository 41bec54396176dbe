import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ConnectedApi } from '../../../../electron/api/connect-api.ts';
import { AppError } from '../../../../electron/base/errors.ts';
import type { CliEnvironment } from '../../../../electron/cli/environment.ts';
import { findNearestLibraryFaces } from '../../../../native-models/lab/cli/nearest-library-faces.ts';
import { resolveHostFolders } from '../../../../electron/engine/host-folders.ts';
import { samplePath } from '../../../support/photos.ts';
import { openPackStore } from '../../../support/packs.ts';
import { notUsed, runKindred, type CommandRun } from '../../../support/run-kindred.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'kindred-explain-test-'));
});

afterEach(() => rm(folder, { recursive: true }));

const explain = (args: string[], changes: Partial<CliEnvironment> = {}): Promise<CommandRun> =>
  runKindred(['explain', ...args], {
    currentFolder: folder,
    resolveFolders: (libraryFolder) => resolveHostFolders({ ...process.env, KINDRED_LIBRARY: path.join(folder, 'library') }, libraryFolder),
    openPacks: async () => openPackStore(),
    findInstance: async () => null,
    ...changes,
  });

interface StoredFace {
  readonly embedding: readonly number[];
  readonly personName?: string | null;
  readonly photoPath?: string;
  readonly isIgnored?: boolean;
}

/** What a library answers of its pack and faces, two faces a page. */
function fakeLibrary(faces: readonly StoredFace[], pack = 'standard') {
  const call = async (method: string, params: { cursor?: string | null }): Promise<unknown> => {
    if (method === 'library.status') return { pack };
    if (method !== 'faces.export') return notUsed();
    const start = Number(params.cursor ?? 0);
    const records = faces.slice(start, start + 2).map(({ embedding, personName = null, photoPath = '/gone.jpg', isIgnored = false }) => ({
      embedding: [...embedding],
      personName,
      photoPath,
      isIgnored,
      box: { x: 900, y: 500, width: 200, height: 200 },
    }));
    return { faces: records, nextCursor: start + 2 < faces.length ? String(start + 2) : null };
  };
  const api = { call, subscribe: notUsed, close: () => {}, onClose: () => () => {} } as unknown as ConnectedApi;
  return { api, environment: { findInstance: async () => ({}) as never, connectInstance: async () => api } };
}

async function makeLibrary(): Promise<void> {
  await mkdir(path.join(folder, 'library'));
  await writeFile(path.join(folder, 'library', 'library.sqlite'), '');
}

async function writeGreyPhoto(): Promise<void> {
  await sharp({ create: { width: 320, height: 200, channels: 3, background: '#888' } }).png().toFile(path.join(folder, 'grey.png'));
}

describe('kindred explain', () => {
  test('writes a page of its own for a photo, without a library', async () => {
    await copyFile(samplePath(1), path.join(folder, 'photo.jpg'));
    const run = await explain(['photo.jpg', '--out', 'report.html', '--effort', 'fast']);
    expect(run).toEqual({
      code: 0,
      stdout: `3 faces found. Wrote ${path.join(folder, 'report.html')}.\n`,
      stderr: 'There is no library yet, so the faces are compared with each other alone.\n',
    });
    const page = await readFile(path.join(folder, 'report.html'), 'utf8');
    expect(page).toMatch(/^<!doctype html>/);
    expect(page).toContain('There is no library yet');
  });

  test('shows who in the library comes nearest, and says so as JSON', async () => {
    await makeLibrary();
    await copyFile(samplePath(1), path.join(folder, 'photo.jpg'));
    const axis = Array.from({ length: 512 }, (_, at) => (at === 0 ? 1 : 0));
    const { environment } = fakeLibrary([{ embedding: axis, personName: 'Anna', photoPath: samplePath(2) }, { embedding: axis.toReversed() }]);
    const { code, stdout } = await explain(['photo.jpg', '--out', 'report.html', '--json', '--effort', 'fast'], environment);
    expect(code).toBe(0);
    const record = JSON.parse(stdout) as { faces: unknown[]; pairs: unknown[]; library: { compared: number; nearest: { name: string | null }[] } };
    expect([record.faces.length, record.pairs.length, record.library.compared, record.library.nearest.length]).toEqual([3, 3, 2, 6]);
    const page = await readFile(path.join(folder, 'report.html'), 'utf8');
    expect(page).toContain('and Anna <span>in sample2.jpg</span>');
    expect(page).toContain('somebody without a name <span>in gone.jpg</span>');
  });

  test('takes the library’s pack, and does not compare what another one made', async () => {
    await makeLibrary();
    await copyFile(samplePath(1), path.join(folder, 'photo.jpg'));
    const { environment } = fakeLibrary([], 'other');
    const { code, stderr } = await explain(['photo.jpg', '--out', 'report.html', '--pack', 'standard', '--effort', 'fast'], environment);
    expect(code).toBe(0);
    expect(stderr).toContain('Your library compares faces by the pack other');
  });

  test('does without a library that another Kindred holds, unless it is named', async () => {
    await makeLibrary();
    await writeGreyPhoto();
    const openEngine = (): Promise<never> => Promise.reject(new AppError('library-in-use', 'held', { parameters: { processId: 7 } }));
    const page = await explain(['grey.png', '--out', 'report.html', '--effort', 'fast'], { openEngine });
    expect(page).toMatchObject({ code: 0, stderr: 'Another Kindred holds the library, so the faces are compared with each other alone.\n' });
    await rm(path.join(folder, 'report.html'));
    const named = await explain(['grey.png', '--out', 'report.html', '--library', path.join(folder, 'library')], { openEngine });
    expect(named).toEqual({ code: 1, stdout: '', stderr: 'The library is in use by another Kindred (process 7). Close it and try again.\n' });
    await expect(readFile(path.join(folder, 'report.html'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('says where there is nothing to compare with: no face in the photo, none in the library', async () => {
    await makeLibrary();
    await writeGreyPhoto();
    const { environment } = fakeLibrary([]);
    const nobody = await explain(['grey.png', '--out', 'report.html', '--effort', 'fast'], environment);
    expect(nobody).toMatchObject({ code: 0, stderr: 'There is no face to look for in your library.\n' });
    await copyFile(samplePath(1), path.join(folder, 'photo.jpg'));
    const first = await explain(['photo.jpg', '--out', 'report.html', '--effort', 'fast', '--json'], environment);
    const reason = 'There are no faces in your library yet, so the faces are compared with each other alone.';
    expect(JSON.parse(first.stdout)).toMatchObject({ library: { compared: 0, reason } });
  });

  test('says where nobody is to be seen', async () => {
    await writeGreyPhoto();
    const { code, stdout } = await explain(['grey.png', '--out', 'report.html', '--detector', 'hog']);
    expect({ code, said: stdout.startsWith('0 faces found.') }).toEqual({ code: 0, said: true });
    const page = await readFile(path.join(folder, 'report.html'), 'utf8');
    expect(page).toContain('No face was found');
    expect(page).toContain('HOG picture of the photo');
  });

  test.each([
    [['photo.jpg', '--out', 'nowhere/report.html'], 1, /^There is no folder .*nowhere\.\n$/],
    [['photo.jpg', '--out', '.'], 2, /--out needs a file/],
    [['photo.jpg', '--out', 'photo.jpg'], 2, /the photo itself/],
    [['missing.jpg', '--out', 'report.html'], 1, /^There is no photo .*missing\.jpg\.\n$/],
    [['photo.jpg', '--out', 'report.html'], 1, /photo\.jpg is not an image\.\n$/],
    [['empty.jpg', '--out', 'report.html'], 1, /empty\.jpg is empty\.\n$/],
    [['photo.jpg', '--out', 'report.html', '--library', 'none'], 1, /There is no library in .*none/],
    [['photo.jpg'], 2, /--out/],
    [['grey.png', '--out', 'report.html', '--pack', 'nobody'], 1, /^There is no model pack nobody\./],
    [['grey.png', '--out', 'report.html', '--detector', 'eyes'], 2, /network, hog/],
  ])('refuses %j', async (args, code, message) => {
    await writeFile(path.join(folder, 'photo.jpg'), 'hello');
    await writeFile(path.join(folder, 'empty.jpg'), '');
    await writeGreyPhoto();
    const run = await explain(args);
    expect({ code: run.code, stdout: run.stdout }).toEqual({ code, stdout: '' });
    expect(run.stderr).toMatch(message);
    expect(await readFile(path.join(folder, 'photo.jpg'), 'utf8')).toBe('hello');
    await expect(readFile(path.join(folder, 'report.html'))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('the nearest faces of a library', () => {
  test('are found over all pages, the nearest first, without those set aside and those of the same picture', async () => {
    const { api } = fakeLibrary([
      { embedding: [0, 1], personName: 'far' },
      { embedding: [1, 0], personName: 'the same picture' },
      { embedding: [0.8, 0.6], personName: 'near' },
      { embedding: [0.99, 0.14], personName: 'set aside', isIgnored: true },
      { embedding: [0.6, 0.8], personName: 'further' },
    ]);
    const { compared, nearest } = await findNearestLibraryFaces(api, [Float32Array.of(1, 0), Float32Array.of(0, 1)], 2);
    expect(compared).toBe(4);
    expect(nearest.map((faces) => faces.map(({ record }) => record.personName))).toEqual([
      ['near', 'further'],
      ['further', 'near'],
    ]);
    expect(nearest[0]![0]!.distance).toBeCloseTo(Math.sqrt(0.4), 6);
  });
});
