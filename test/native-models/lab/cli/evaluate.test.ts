import { copyFile, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { AppError } from '../../../../electron/base/errors.ts';
import { openEngine } from '../../../../electron/engine/engine.ts';
import type { CliEnvironment } from '../../../../electron/cli/environment.ts';
import { openPackAnalyzers, type PackAnalyzers } from '../../../../native-models/lab/cli/open-pack-analyzers.ts';
import { pipelineVersion } from '../../../../electron/pipeline/pipeline-version.ts';
import type { AnalyzedPhoto } from '../../../../electron/terms/analyzed-photo.ts';
import type { AnalyzeOptions } from '../../../../electron/pipeline/analyzer.ts';
import { writeKeptFaces } from '../../../../native-models/lab/evaluation/kept-faces.ts';
import { formatPoints, parsePoints } from '../../../../native-models/lab/evaluation/points-file.ts';
import { fingerprintPack } from '../../../../native-models/packs/fingerprint-pack.ts';
import { createPackStore } from '../../../../native-models/packs/pack-store.ts';
import { readStandardManifest } from '../../../../native-models/packs/standard-pack.ts';
import { inventPeople } from '../../../support/invented-people.ts';
import { samplePath } from '../../../support/photos.ts';
import { runKindred, type CommandRun, type RunOptions } from '../../../support/run-kindred.ts';
import { readSampleFaces } from '../../../support/sample-faces.ts';
import { writeSamplePeople } from '../../../support/sample-people.ts';

let folder: string;
let temporaryFolder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'kindred-evaluate-test-'));
  temporaryFolder = path.join(folder, 'temporary');
  await mkdir(temporaryFolder);
  vi.stubEnv('TMPDIR', temporaryFolder);
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

const kindred = (args: string[], changes: Partial<RunOptions> = {}): Promise<CommandRun> => runKindred(args, { currentFolder: folder, ...changes });

/** Other programs put things into the folder for temporary files, too. */
async function listDerived(): Promise<string[]> {
  return (await readdir(temporaryFolder)).filter((name) => name.startsWith('kindred-'));
}

/** Analyzers that find in a photo what they are told, by its name. */
function fakeAnalyzers(find: (file: string, options: AnalyzeOptions) => AnalyzedPhoto | Promise<AnalyzedPhoto>) {
  let isDisposed = false;
  const analyzers: PackAnalyzers = {
    pack: readStandardManifest(),
    pool: {
      runtime: 'onnx',
      runtimeDescription: 'fake',
      workerCount: 1,
      photosAtOnce: 1,
      analyze: async (file, options = {}) => await find(String(file), options),
      dispose: async () => {
        isDisposed = true;
      },
    },
  };
  return { openAnalyzers: async () => analyzers, isDisposed: () => isDisposed };
}

function photoOf(width: number, height: number, faces: { box: [number, number, number, number]; embedding?: number[] }[]): AnalyzedPhoto {
  return {
    contentHash: new Uint8Array(32),
    byteSize: 1,
    format: 'jpeg',
    width,
    height,
    captureTime: null,
    undetected: [],
    faces: faces.map(({ box: [x, y, faceWidth, faceHeight], embedding = [1, 0] }) => ({
      box: { x, y, width: faceWidth, height: faceHeight },
      score: 0.9,
      quality: 1,
      landmarks: new Float32Array(136),
      embedding: Float32Array.from(embedding),
    })),
  };
}

async function write(...names: string[]): Promise<void> {
  for (const name of names) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), '');
  }
}

describe('kindred evaluate detection', () => {
  /** Samples 1 and 2, with the faces of the first annotated, and one annotation where there is only sky. */
  async function writeAnnotatedSamples(extra = ''): Promise<void> {
    await mkdir(path.join(folder, 'data'));
    for (const sample of [1, 2] as const) await copyFile(samplePath(sample), path.join(folder, 'data', `sample${sample}.jpg`));
    const boxes = readSampleFaces()
      .filter(({ photo }) => photo === 'sample1.jpg')
      .map(({ box }) => Object.entries({ left: box.x, top: box.y, width: box.width, height: box.height }))
      .map((edges) => `<box ${edges.map(([edge, value]) => `${edge}='${Math.round(value)}'`).join(' ')}/>`);
    const text = `<dataset><images><image file='sample1.jpg'>${boxes.join('')}${extra}</image></images></dataset>`;
    await writeFile(path.join(folder, 'data', 'faces.xml'), text);
  }

  test('compares what an import would find with the annotations', async () => {
    await writeAnnotatedSamples(`<box left='0' top='0' width='40' height='50'/>`);
    const args = ['evaluate', 'detection', '--data', 'data', '--runtime', 'onnx'];
    const { code, stdout, stderr } = await kindred(args, { openAnalyzers: openPackAnalyzers });
    expect(stderr).toMatch(/^Finding faces 2\/2, 6 faces/m);
    expect(code).toBe(0);
    const lines = stdout.split('\n');
    expect(lines[0]).toBe('3 of 4 faces found in 1 photo: recall 75.00 %, precision 100.00 %, 0.00 false faces a photo.');
    expect(lines).toContain('missed  sample1.jpg  40x50+0+0');
    expect(lines).toContain('sample2.jpg has no annotation: 3 found.');
  });

  test('shrinks the photos until faces are as small as asked for, and clears up', async () => {
    await writeAnnotatedSamples();
    const args = ['evaluate', 'detection', '--data', 'data', '--shrink-to', '80', '--json', '--runtime', 'onnx'];
    const { code, stdout, stderr } = await kindred(args, { openAnalyzers: openPackAnalyzers });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const record = JSON.parse(stdout) as Record<string, unknown>;
    expect(record).toMatchObject({ pack: 'standard', effort: 'balanced', turn: 0, photos: 1, faces: 3, found: 3, recall: 1, falseFaces: 0, failed: [] });
    expect(record.medianFaceHeight).toBeCloseTo(80, 9);
    expect(record.scale).toBeLessThan(0.5);
    expect(await listDerived()).toEqual([]);
  });

  test('turns photos and annotations alike', async () => {
    await mkdir(path.join(folder, 'data'));
    await sharp({ create: { width: 60, height: 40, channels: 3, background: '#888' } }).png().toFile(path.join(folder, 'data', 'a.png'));
    const box = `<box left='40' top='5' width='10' height='12'/>`;
    await writeFile(path.join(folder, 'data', 'faces.xml'), `<dataset><images><image file='a.png'>${box}</image></images></dataset>`);
    const sizes: (number | undefined)[] = [];
    const analyzers = fakeAnalyzers(async (file) => {
      const { width, height } = await sharp(file).metadata();
      sizes.push(width, height);
      return photoOf(width, height, [{ box: [23, 40, 12, 10] }]);
    });
    const args = ['evaluate', 'detection', '--data', 'data', '--turn', '90', '--json'];
    const { stdout } = await kindred(args, { openAnalyzers: analyzers.openAnalyzers });
    expect(sizes).toEqual([40, 60]);
    expect(JSON.parse(stdout)).toMatchObject({ turn: 90, found: 1, meanOverlap: 1 });
    expect(analyzers.isDisposed()).toBe(true);
  });

  test('looks for main faces in a folder per person, and takes an unreadable photo for missed', async () => {
    await write('data/Al/centre.jpg', 'data/Al/aside.jpg', 'data/Bo/broken.jpg');
    const analyzers = fakeAnalyzers((file) => {
      if (file.endsWith('broken.jpg')) throw new AppError('corrupt-image', 'ends early');
      return photoOf(100, 100, [{ box: file.endsWith('centre.jpg') ? [30, 30, 40, 40] : [0, 0, 40, 40] }]);
    });
    const { code, stdout } = await kindred(['evaluate', 'detection', '--data', 'data'], { openAnalyzers: analyzers.openAnalyzers });
    expect(code).toBe(0);
    const lines = stdout.split('\n');
    expect(lines[0]).toBe('Main face found in 1 of 3 photos of 2 people: 33.33 %. 2 faces in all.');
    expect(lines).toContain(`missed  ${path.join('Al', 'aside.jpg')}, found 40x40+0+0`);
    expect(lines).toContain(`missed  ${path.join('Bo', 'broken.jpg')}, found nothing`);
    expect(lines).toContain(`${path.join(folder, 'data', 'Bo', 'broken.jpg')}: The image is damaged.`);
  });

  test('ends at Ctrl-C and leaves nothing behind', async () => {
    await write('data/Al/1.jpg');
    await sharp({ create: { width: 60, height: 40, channels: 3, background: '#888' } }).jpeg().toFile(path.join(folder, 'data', 'Al', '2.jpg'));
    await rm(path.join(folder, 'data', 'Al', '1.jpg'));
    let interrupt = (): void => {};
    const analyzers = fakeAnalyzers(
      (_, { signal }) =>
        new Promise((_resolve, reject) => {
          signal!.addEventListener('abort', () => reject(new AppError('cancelled', 'cancelled')));
          interrupt();
        }),
    );
    const run = await kindred(['evaluate', 'detection', '--data', 'data', '--turn', '180'], {
      openAnalyzers: analyzers.openAnalyzers,
      onInterrupt: (listener) => {
        interrupt = listener;
        return () => {};
      },
    });
    expect(run).toEqual({ code: 1, stdout: '', stderr: 'Stopping. Ctrl-C again quits at once.\nCancelled.\n' });
    expect(analyzers.isDisposed()).toBe(true);
    expect(await listDerived()).toEqual([]);
  });

  test('fails where the machine is at fault, once for all photos', async () => {
    await write('data/Al/1.jpg', 'data/Al/2.jpg', 'data/Al/3.jpg');
    const analyzers = fakeAnalyzers(() => {
      throw new AppError('runtime-unavailable', 'Expected a runtime but found none');
    });
    const run = await kindred(['evaluate', 'detection', '--data', 'data'], { openAnalyzers: analyzers.openAnalyzers });
    expect(run.code).toBe(1);
    expect(run.stderr).toContain('Expected a runtime but found none');
    expect(analyzers.isDisposed()).toBe(true);
  });

  test.each([
    [['--data', 'nowhere'], 1, 'There is no folder nowhere.\n'],
    [['--data', 'data', '--shrink-to', '24'], 2, 'error: --shrink-to, --square and --svg need annotated faces, and there is no XML file in data\n'],
    [['--data', 'data', '--turn', '45'], 2, /Allowed choices are 0, 90, 180, 270/],
    [[], 2, /--data/],
  ])('refuses %j', async (args, code, message) => {
    await write('data/Al/1.jpg');
    const run = await kindred(['evaluate', 'detection', ...args]);
    expect({ code: run.code, stdout: run.stdout }).toEqual({ code, stdout: '' });
    expect(run.stderr).toMatch(message);
  });
});

describe('kindred evaluate landmarks', () => {
  /** Landmarks of a face, as a .pts file has them: a grid, whose outer corners of the eyes are 36 apart. */
  const points = Float32Array.from({ length: 136 }, (_, at) => (at % 2 === 0 ? 100 + ((at / 2) % 12) * 4 : 100 + Math.floor(at / 24) * 12));

  test('compares what is found with .pts files, and writes what was found as such', async () => {
    await write('data/a.jpg', 'data/b.jpg', 'data/c.jpg');
    await writeFile(path.join(folder, 'data', 'a.pts'), formatPoints(points));
    await writeFile(path.join(folder, 'data', 'b.pts'), formatPoints(points));
    const eyes = Math.hypot(points[90]! - points[72]!, points[91]! - points[73]!);
    const analyzers = fakeAnalyzers((file) => {
      const photo = photoOf(300, 300, file.endsWith('a.jpg') ? [{ box: [99, 99, 45, 61] }, { box: [0, 0, 20, 20] }] : []);
      const found = points.map((coordinate, at) => coordinate - 0.5 + (at % 2 === 0 ? eyes * 0.09 : 0));
      return { ...photo, faces: photo.faces.map((face, index) => ({ ...face, landmarks: index === 0 ? found : new Float32Array(136) })) };
    });
    const args = ['evaluate', 'landmarks', '--data', 'data', '--svg', 'charts', '--write-pts', 'found'];
    const { code, stdout } = await kindred(args, { openAnalyzers: analyzers.openAnalyzers });
    expect(code).toBe(0);
    const lines = stdout.split('\n');
    expect(lines[0]).toMatch(/^1 face with 68 landmarks in 2 photos, 1 missed\. .*outer corners of the eyes \(points 36 and 45, counted from 0\)/);
    expect(lines[1]).toBe('Mean 9.00 %, median 9.00 %; 100.0 % of the faces above 0.08, 0.0 % of the faces above 0.1.');
    expect(lines).toContainEqual(expect.stringMatching(/^b\.jpg +0 +1 *$/));
    expect(await readFile(path.join(folder, 'charts', 'landmarks-standard.svg'), 'utf8')).toContain('<svg');
    // Two faces, from the left: the figment comes first.
    expect(await readdir(path.join(folder, 'found'))).toEqual(['a-1.pts', 'a-2.pts']);
    const written = parsePoints(await readFile(path.join(folder, 'found', 'a-2.pts'), 'utf8'), 'a-2.pts');
    expect(written[1]).toBeCloseTo(points[1]!, 4);
    expect(written[0]).toBeCloseTo(points[0]! + eyes * 0.09, 4);
  });

  test('refuses to write into the folder of the annotations, and a pack that places five points', async () => {
    await write('data/a.jpg');
    await writeFile(path.join(folder, 'data', 'a.pts'), formatPoints(points));
    const into = await kindred(['evaluate', 'landmarks', '--data', 'data', '--write-pts', path.join('data', '.')]);
    expect(into).toMatchObject({ code: 2, stderr: expect.stringContaining('would be overwritten') as string });
    const { openAnalyzers } = fakeAnalyzers(() => photoOf(1, 1, []));
    const fivePoints = async (): Promise<PackAnalyzers> => {
      const analyzers = await openAnalyzers();
      return { ...analyzers, pack: { ...analyzers.pack, landmarker: null } };
    };
    const other = await kindred(['evaluate', 'landmarks', '--data', 'data'], { openAnalyzers: fivePoints });
    expect(other).toMatchObject({ code: 2, stderr: expect.stringContaining('68 landmarks') as string });
  });

  test('names the file and the line that is wrong', async () => {
    await write('data/a.jpg', 'data/a.pts');
    const { openAnalyzers } = fakeAnalyzers(() => photoOf(1, 1, []));
    const { code, stderr } = await kindred(['evaluate', 'landmarks', '--data', 'data'], { openAnalyzers });
    expect(code).toBe(2);
    expect(stderr).toMatch(/a\.pts.*line 1/);
  });
});

/** A pack store that knows the standard pack's manifest, and needs none of its files. */
const openPacks: CliEnvironment['openPacks'] = async () =>
  ({ ...createPackStore({ packsFolder: folder }), readManifest: async () => readStandardManifest() });

describe('kindred evaluate clustering', () => {
  /** People on axes of their own, with two photos each; `Di/2.jpg` shows nobody. */
  async function writePeople() {
    const people = ['Al', 'Bo', 'Cy', 'Di'];
    await write(...people.flatMap((person) => [`data/${person}/1.jpg`, `data/${person}/2.jpg`]));
    const looked: string[] = [];
    const analyzers = fakeAnalyzers((file) => {
      looked.push(path.relative(path.join(folder, 'data'), file).split(path.sep).join('/'));
      if (file.endsWith(path.join('Di', '2.jpg'))) return photoOf(100, 100, []);
      const embedding = [...people, 'Ed'].map((person) => (file.includes(`${path.sep}${person}${path.sep}`) ? 1 : 0));
      return photoOf(100, 100, [{ box: [30, 30, 40, 40], embedding }]);
    });
    return { changes: { openAnalyzers: analyzers.openAnalyzers, openPacks }, looked };
  }

  test('prints a line for each method and half, and what the built-in distance gives', async () => {
    const { changes } = await writePeople();
    const { code, stdout } = await kindred(['evaluate', 'clustering', '--dataset', 'data', '--method', 'all'], changes);
    expect(code).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).toBe('8 photos of 4 people, 1 without a main face.');
    expect(lines[1]).toMatch(/^method +tested +distance +pairs P +R +F +B-cubed P +R +F +purity +clusters +singletons +seconds$/);
    expect(lines).toHaveLength(2 + 6 * 3 + 1);
    // Of Di's two photos one is missed: precision 1, recall (6 + 2 / 2) / 8.
    expect(lines.at(-1)).toMatch(/^built-in +everybody +1\.\d+ +1\.0000 +0\.7500 +0\.8571 +1\.0000 +0\.8750 +0\.9333 +1\.0000 +5 +2 /);
  });

  test('keeps what was found, and looks only at what is new', async () => {
    const { changes, looked } = await writePeople();
    const args = ['evaluate', 'clustering', '--dataset', 'data', '--cache', 'kept.json', '--json'];
    const first = await kindred(args, changes);
    expect(first.code).toBe(0);
    expect(looked).toHaveLength(8);
    await write('data/Ed/1.jpg');
    const second = await kindred([...args, '--most-photos', 'all'], changes);
    expect(looked.slice(8)).toEqual(['Ed/1.jpg']);
    expect(JSON.parse(second.stdout)).toMatchObject({ pack: 'standard', people: 5, photos: 9, missed: 1, failed: [] });
  });

  test.each([
    [['--threshold', '2'], 'Expected a distance above 0 and below 1.414'],
    [['--most-photos', 'few'], 'Expected all, or a whole number'],
    [['--method', 'k-means'], 'Allowed choices are'],
    [['--half', 'left'], 'Allowed choices are'],
  ])('refuses %j', async (args, message) => {
    const { code, stderr } = await kindred(['evaluate', 'clustering', '--dataset', '.', ...args]);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});

describe('kindred evaluate effort', () => {
  test('counts what a user has to do here and by hand, on faces that were kept', async () => {
    const manifest = readStandardManifest();
    const people = inventPeople(manifest.embedder.length);
    await write(...people.map(({ photo }) => path.join('data', photo)));
    const packFingerprint = fingerprintPack(manifest);
    await writeKeptFaces(path.join(folder, 'kept.json'), { pack: 'standard', packFingerprint, pipelineVersion, effort: 'balanced' }, people);
    const args = ['evaluate', 'effort', '--dataset', 'data', '--cache', 'kept.json', '--family', '3', '--candidates', '4'];
    const few = ['--strangers', '20', '--libraries', '1'];
    const { code, stdout } = await kindred([...args, ...few], { openPacks, openEngine });
    expect(code).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^library +photos +faces +known +kindred +immich +ente +chinese-whispers +right +precision /);
    // Three names, and all strangers at once.
    for (const line of lines.slice(1, 3)) expect(line).toMatch(/ 4 +\d+ .* name 3, strangers 1$/);
    expect(lines[3]).toMatch(/^all +8 +\d+ +\d+ +\d+$/);
    expect(lines[4]).toMatch(/^8 actions: 0\.\d+ of the best baseline's, /);
    expect(await listDerived()).toEqual([]);
  });

  test.each([
    [['--goal', 'perfect'], 'Allowed choices are settled, tolerant'],
    [['--strangers', '0'], 'Expected a whole number from 1'],
  ])('refuses %j', async (args, message) => {
    const { code, stderr } = await kindred(['evaluate', 'effort', '--dataset', '.', ...args]);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});

describe('kindred evaluate verification', () => {
  test('tells the people of the samples apart', async () => {
    await writeSamplePeople(path.join(folder, 'data'), readSampleFaces().filter(({ photo }) => photo === 'sample1.jpg' || photo === 'sample2.jpg'));
    const args = ['evaluate', 'verification', '--data', 'data', '--far', '0.1,0.02', '--bootstrap', '20', '--runtime', 'onnx'];
    const { code, stdout } = await kindred([...args, '--json'], { openAnalyzers: openPackAnalyzers });
    expect(code).toBe(0);
    const record = JSON.parse(stdout) as { rates: { far: number; val: number; standardError: number }[] };
    expect(record).toMatchObject({ pack: 'standard', photos: 12, missed: [], faces: 12, people: 6, genuinePairs: 6, impostorPairs: 60 });
    expect(record.rates.map(({ far }) => far)).toEqual([0.1, 0.02]);
    for (const rate of record.rates) expect(rate).toMatchObject({ val: 1, standardError: 0 });
  });

  test('counts the first photos of each person and leaves out those without a main face', async () => {
    await write('data/Al/1.jpg', 'data/Al/2.jpg', 'data/Al/3.jpg', 'data/Bo/1.jpg', 'data/Bo/2.jpg');
    const analyzed: string[] = [];
    // Al stands at 0 and 1 on a circle's degrees, Bo at 90; of Bo's second photo nothing is found.
    const degrees: Record<string, number> = { 'Al/1.jpg': 0, 'Al/2.jpg': 1, 'Bo/1.jpg': 90 };
    const analyzers = fakeAnalyzers((file) => {
      const name = path.relative(path.join(folder, 'data'), file).split(path.sep).join('/');
      analyzed.push(name);
      const angle = degrees[name];
      if (angle === undefined) return photoOf(100, 100, []);
      const radians = (angle * Math.PI) / 180;
      return photoOf(100, 100, [{ box: [30, 30, 40, 40], embedding: [Math.cos(radians), Math.sin(radians)] }]);
    });
    const args = ['evaluate', 'verification', '--data', 'data', '--most-photos', '2', '--far', '0.1', '--bootstrap', '0'];
    const { code, stdout } = await kindred(args, { openAnalyzers: analyzers.openAnalyzers });
    expect(code).toBe(0);
    expect(analyzed.sort()).toEqual(['Al/1.jpg', 'Al/2.jpg', 'Bo/1.jpg', 'Bo/2.jpg']);
    expect(stdout.split('\n')).toEqual([
      '3 main faces of 2 people in 4 photos, 1 missed: 1 genuine pair, 2 impostor pairs.',
      // 2 sin(89 / 2 degrees), the closer of the two impostor pairs.
      'VAL 100.00 % at FAR 1e-1, distance 1.402 (squared 1.965), 0 impostor pairs accepted',
      'EER 0.00 % at distance 1.402',
      'Too few people for means over 5 splits.',
      `missed  ${path.join('Bo', '2.jpg')}`,
      '',
    ]);
  });

  /** Six people with two photos each, on axes of their own; nothing is found in `P5_0002.jpg`. */
  async function writeNamedPeople() {
    const people = ['P0', 'P1', 'P2', 'P3', 'P4', 'P5'];
    await write(...people.flatMap((person) => [`data/${person}/${person}_0001.jpg`, `data/${person}/${person}_0002.jpg`]));
    const looked: string[] = [];
    const analyzers = fakeAnalyzers((file) => {
      looked.push(path.basename(file));
      if (file.endsWith('P5_0002.jpg')) return photoOf(100, 100, []);
      const embedding = people.map((person) => (path.basename(file).startsWith(person) ? 1 : 0));
      return photoOf(100, 100, [{ box: [30, 30, 40, 40], embedding }]);
    });
    return { changes: { openAnalyzers: analyzers.openAnalyzers, openPacks }, looked };
  }

  test('adds the mean over splits of the people, and draws, from faces that were kept', async () => {
    const { changes, looked } = await writeNamedPeople();
    const args = ['evaluate', 'verification', '--data', 'data', '--far', '0.5,0.01', '--bootstrap', '0', '--splits', '2', '--cache', 'kept.json'];
    const { code, stdout } = await kindred([...args, '--svg', 'charts'], changes);
    expect(code).toBe(0);
    expect(stdout.split('\n')).toContain('2 splits of the people, 3 or more in each, 8 impostor pairs or more: mean and standard error over the splits.');
    expect(stdout.split('\n')).toContain('FAR 1e-2: a split has too few impostor pairs; the figure over all pairs above counts');
    expect((await readdir(path.join(folder, 'charts'))).sort()).toEqual(['distances.svg', 'roc.svg']);
    expect(looked).toHaveLength(12);
    const again = await kindred([...args, '--json'], changes);
    expect(looked).toHaveLength(12);
    const record = JSON.parse(again.stdout) as { splits: { rates: object[] } };
    expect(record).toMatchObject({ pack: 'standard', runtime: null, photos: 12, faces: 11 });
    expect(record.splits.rates[1]).toEqual({ far: 0.01, isEnough: false, val: null, standardError: null });
  });

  test('measures pairs in folds, and counts those without a face as wrong', async () => {
    const { changes } = await writeNamedPeople();
    const genuine = (person: number) => `P${person}\t1\t2`;
    const impostor = (one: number, other: number) => `P${one}\t1\tP${other}\t1`;
    const lines = ['2\t2', genuine(0), genuine(1), impostor(0, 1), impostor(1, 2), genuine(3), genuine(5), impostor(3, 4), impostor(4, 5)];
    await writeFile(path.join(folder, 'pairs.txt'), lines.join('\n'));
    const { code, stdout } = await kindred(['evaluate', 'verification', '--data', 'data', '--pairs', 'pairs.txt'], changes);
    expect(code).toBe(0);
    expect(stdout.trimEnd().split('\n')).toEqual([
      '8 pairs of 10 photos in 2 folds: accuracy 87.50 % +- 12.50 %.',
      '1 photo without a main face: 1 pair counted as wrong for it.',
      'fold 1: 100.00 % at distance 0.707',
      'fold 2: 75.00 % at distance 0.707',
      `missed  ${path.join('P5', 'P5_0002.jpg')}`,
    ]);
  });

  test('draws pairs that it then measures', async () => {
    const people = Array.from({ length: 20 }, (_, person) => `P${String.fromCharCode(65 + person)}`);
    await write(...people.flatMap((person) => [1, 2, 3].map((photo) => `data/${person}/${person}_000${photo}.jpg`)));
    const args = ['evaluate', 'verification', '--data', 'data'];
    const made = await kindred([...args, '--make-pairs', 'pairs.txt', '--pairs-per-fold', '5', '--seed', '2']);
    expect(made).toMatchObject({ code: 0, stdout: `100 pairs in 10 folds written to ${path.join(folder, 'pairs.txt')}.\n` });
    const analyzers = fakeAnalyzers((file) => {
      const embedding = people.map((person) => (path.basename(file).startsWith(person) ? 1 : 0));
      return photoOf(100, 100, [{ box: [30, 30, 40, 40], embedding }]);
    });
    const { stdout } = await kindred([...args, '--pairs', 'pairs.txt', '--json'], { openAnalyzers: analyzers.openAnalyzers });
    expect(JSON.parse(stdout)).toMatchObject({ protocol: 'pairs', pairs: 100, undecided: 0, accuracy: 1, standardError: 0 });
  });

  test.each([
    [['--pairs', 'pairs.txt', '--svg', 'charts'], 2, '--svg is for all pairs, without --pairs'],
    [['--pairs', 'pairs.txt', '--make-pairs', 'other.txt'], 2, 'one at a time'],
    [['--pairs', 'nowhere.txt'], 1, 'nowhere.txt cannot be read'],
    [['--pairs', 'pairs.txt'], 2, 'Expected two folds or more in line 1 of pairs.txt'],
    [['--pairs', 'unknown.txt'], 1, 'P0/P0_0009.jpg, which unknown.txt names'],
    [['--splits', '1'], 2, 'Expected a whole number from 2'],
  ])('refuses %j', async (args, code, message) => {
    await write('data/P0/P0_0001.jpg');
    await writeFile(path.join(folder, 'pairs.txt'), '1\t1\n');
    await writeFile(path.join(folder, 'unknown.txt'), '2\t1\nP0\t1\t9\nP0\t1\tP1\t1\nP2\t1\t2\nP2\t1\tP3\t1\n');
    const run = await kindred(['evaluate', 'verification', '--data', 'data', ...args]);
    expect({ code: run.code, stdout: run.stdout }).toEqual({ code, stdout: '' });
    expect(run.stderr).toContain(message);
  });

  test.each(['0', '1', '1e-3,', 'few', '-1e-3'])('refuses a FAR of %j', async (far) => {
    const { code, stderr } = await kindred(['evaluate', 'verification', '--data', '.', '--far', far]);
    expect(code).toBe(2);
    expect(stderr).toContain('Expected shares between 0 and 1');
  });

  test('says so where there is nobody to tell apart', async () => {
    await write('data/Al/1.jpg', 'data/Al/2.jpg');
    const analyzers = fakeAnalyzers(() => photoOf(100, 100, [{ box: [30, 30, 40, 40] }]));
    const { code, stderr } = await kindred(['evaluate', 'verification', '--data', 'data'], { openAnalyzers: analyzers.openAnalyzers });
    expect(code).toBe(2);
    expect(stderr).toContain('Expected pairs of one person and of two but received 1 and 0.');
  });
});

describe('kindred study', () => {
  const twoPeople = () => readSampleFaces().filter(({ photo }) => photo === 'sample1.jpg').slice(0, 2);

  const openRealPacks: CliEnvironment['openPacks'] = async ({ packsFolder }) => createPackStore({ packsFolder });

  test('jpeg compresses the photos, and goes on from what was kept', async () => {
    await writeSamplePeople(path.join(folder, 'data'), twoPeople());
    const args = ['study', 'jpeg', '--data', 'data', '--far', '0.1', '--bootstrap', '0', '--cache', 'study.jsonl'];
    const { code, stdout } = await kindred([...args, '--svg', 'charts'], { openPacks: openRealPacks });
    expect(code).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).toBe('4 main faces of 2 people in 4 photos, 0 missed: 2 genuine pairs, 4 impostor pairs.');
    expect(lines[1]).toMatch(/^quality +published at 1e-3 +VAL at 1e-1$/);
    expect(lines[2]).toMatch(/^10 +67\.3 % +\d+\.0 % \*$/);
    expect(lines[8]).toMatch(/^as they are +100\.0 % \*$/);
    expect(lines.at(-1)).toBe('* rests on fewer than ten impostor pairs.');
    expect(await readdir(path.join(folder, 'charts'))).toEqual(['jpeg-standard.svg']);
    for (const person of await readdir(path.join(folder, 'data'))) {
      for (const photo of ['1.jpg', '2.jpg']) await writeFile(path.join(folder, 'data', person, photo), '');
    }
    const again = await kindred([...args, '--json'], { openPacks: openRealPacks });
    expect(JSON.parse(again.stdout)).toMatchObject({ study: 'jpeg', pack: 'standard', faces: 4, failed: [] });
  });

  test('pixels says how many the photos hold', async () => {
    await writeSamplePeople(path.join(folder, 'data'), twoPeople());
    const args = ['study', 'pixels', '--data', 'data', '--far', '0.1', '--bootstrap', '0', '--json'];
    const { stdout } = await kindred(args, { openPacks: openRealPacks });
    const record = JSON.parse(stdout) as { heldPixels: number; rows: { setting: number | null; rates: object[] | null }[] };
    expect(record.rows.map(({ setting }) => setting)).toEqual([1600, 6400, 14_400, 25_600, 65_536, null]);
    for (const { setting, rates } of record.rows) expect(rates !== null).toBe((setting ?? 0) <= record.heldPixels);
  });

  test.each([
    [['jpeg', '--data', 'nowhere'], 1, 'There is no folder nowhere.'],
    [['jpeg', '--data', 'data'], 2, 'Expected two people or more with two photos each but received 0.'],
    [['jpeg', '--data', 'data', '--people', '1'], 2, 'Expected a whole number from 2'],
    [['pixels'], 2, '--data'],
  ])('refuses %j', async (args, code, message) => {
    await write('data/Al/1.jpg');
    const run = await kindred(['study', ...args]);
    expect({ code: run.code, stdout: run.stdout }).toEqual({ code, stdout: '' });
    expect(run.stderr).toContain(message);
  });
});
