/** The store of packs: what lies where, what the user brings, and what a server on this machine sends. */

import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createPackStore, type PackStore } from '../../../native-models/packs/pack-store.ts';
import { standardPackFolder } from '../../support/standard-pack.ts';
import { craftModel } from '../onnx/craft-model.ts';

const detectorBytes = craftModel({
  input: [1, 3, 16, 16],
  nodes: ['scores', 'distances', 'landmarks'].map((output) => ({ operator: 'Relu', inputs: ['x'], output })),
  outputs: ['scores', 'distances', 'landmarks'],
});
const embedderBytes = craftModel({
  input: [1, 3, 8, 8],
  // Big enough to arrive in several pieces.
  nodes: [
    { operator: 'Add', inputs: ['x', 'w'], output: 'y' },
    { operator: 'Add', inputs: ['y', 'ballast'], output: 'e' },
  ],
  constants: {
    w: { shape: [1], floats: [1] },
    ballast: { shape: [192, 8, 8, 3], floats: Array.from({ length: 192 * 192 }, (_, index) => Math.sin(index)) },
  },
  outputs: ['e'],
});

function describeFile(name: string, bytes: Uint8Array, source: string): object {
  return { name, source, path: name, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}

function describePack(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    name: 'crafted',
    version: '1',
    licence: { name: 'MIT', statement: 'Made by this test.' },
    origin: 'This test.',
    trainingData: 'None.',
    sources: { mine: { kind: 'local' } },
    files: [describeFile('detector.onnx', detectorBytes, 'mine'), describeFile('embedder.onnx', embedderBytes, 'mine')],
    detector: {
      kind: 'scrfd',
      file: 'detector.onnx',
      input: { name: 'x', shape: [1, 3, 16, 16], channelOrder: 'rgb', mean: 0, scale: 1 },
      strides: [8],
      priorsPerCell: 1,
      outputs: { scores: ['scores'], distances: ['distances'], landmarks: ['landmarks'] },
      scoreThreshold: 0.5,
      nmsThreshold: 0.4,
      reliableFacePx: 8,
      sizeMultiplePx: null,
    },
    embedder: {
      file: 'embedder.onnx',
      input: { name: 'x', shape: [1, 3, 8, 8], channelOrder: 'rgb', mean: 0, scale: 1 },
      outputs: { embedding: 'e' },
      template: { kind: 'arcface-5', chipSizePx: 8, points: [[2, 3], [6, 3], [4, 5], [3, 6], [5, 6]] },
      length: 192,
      normalised: true,
    },
    thresholds: { metric: 'euclidean', same: 1, measurement: 'None.' },
    ...changes,
  };
}

let root: string;
let packsFolder: string;
let given: string;
let store: PackStore;

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'kindred-packs-'));
  packsFolder = path.join(root, 'packs');
  given = path.join(root, 'given');
  await mkdir(given);
  store = createPackStore({ packsFolder, stallTimeoutMs: 5000, pause: async () => undefined });
});

afterEach(async () => {
  await rm(root, { recursive: true });
});

/** Lays out a pack as a user would. */
async function give(manifest: object = describePack(), files: Record<string, Uint8Array> = { 'detector.onnx': detectorBytes, 'embedder.onnx': embedderBytes }): Promise<string> {
  const manifestPath = path.join(given, 'my-pack.json');
  await writeFile(manifestPath, JSON.stringify(manifest));
  for (const [name, bytes] of Object.entries(files)) await writeFile(path.join(given, name), bytes);
  return manifestPath;
}

async function copyStandard(): Promise<void> {
  await mkdir(path.join(packsFolder, 'standard'), { recursive: true });
  for (const name of await readdir(standardPackFolder())) {
    if (name.endsWith('.onnx')) await copyFile(path.join(standardPackFolder(), name), path.join(packsFolder, 'standard', name));
  }
}

function swapLastByte(bytes: Uint8Array): Uint8Array {
  const changed = Uint8Array.from(bytes);
  changed[changed.length - 1]! ^= 1;
  return changed;
}

describe('built-in packs', () => {
  test('are listed before there is a folder, with what they lack', async () => {
    const states = await store.list();
    expect(states.map(({ manifest, origin, state, needsDownload }) => [manifest.name, origin, state, needsDownload])).toEqual([
      ['standard', 'built-in', 'incomplete', false],
      ['classic', 'built-in', 'incomplete', false],
      ['opencv-zoo', 'built-in', 'incomplete', true],
    ]);
    expect(states[0]!.lacking).toHaveLength(3);
    // What is made from an installed package is not lacking.
    expect(states[1]!.lacking.map(({ name }) => name)).toEqual(['fr_detect.onnx', 'fr_landmark.onnx']);
  });

  test('share files: classic finds those of standard, and makes its own once', async () => {
    await copyStandard();
    expect((await store.verify('classic')).state).toBe('ready');
    const pack = await store.load('classic');
    expect(pack.landmarker).toHaveLength(1_163_742);
    expect(pack.embedder).toHaveLength(22_441_170);
    expect(await readdir(path.join(packsFolder, 'classic'))).toEqual(['face-api-recognition.onnx']);
  });

  test('what was made here and has been damaged is made anew', async () => {
    await copyStandard();
    await store.load('classic');
    const made = path.join(packsFolder, 'classic', 'face-api-recognition.onnx');
    await writeFile(made, swapLastByte(await readFile(made)));
    expect((await store.verify('classic')).state).toBe('ready');
    expect((await store.load('classic')).embedder).toHaveLength(22_441_170);
  });

  test('a damaged file is told from a missing one', async () => {
    await copyStandard();
    const detector = path.join(packsFolder, 'standard', 'fr_detect.onnx');
    await writeFile(detector, swapLastByte(await readFile(detector)));
    expect(await store.verify('standard')).toMatchObject({ state: 'damaged', lacking: [{ name: 'fr_detect.onnx', reason: 'wrong' }] });
    await rm(detector);
    expect(await store.verify('standard')).toMatchObject({ state: 'incomplete', lacking: [{ name: 'fr_detect.onnx', reason: 'missing' }] });
  });

  test('cannot be loaded while a file is missing, which is named', async () => {
    await expect(store.load('standard')).rejects.toMatchObject({ code: 'model-missing', parameters: { pack: 'standard' } });
  });

  test('an unknown name is not found, nor one that leads out of the folder', async () => {
    for (const name of ['nobody', '../standard', '']) {
      await expect(store.readManifest(name)).rejects.toMatchObject({ code: 'not-found', parameters: { kind: 'pack', id: name } });
      await expect(store.load(name)).rejects.toMatchObject({ code: 'not-found' });
      await expect(store.verify(name)).rejects.toMatchObject({ code: 'not-found' });
      await expect(store.download(name, {})).rejects.toMatchObject({ code: 'not-found' });
    }
  });
});

describe('a pack of the user', () => {
  test('is added with its files, listed after the built-in ones and loaded', async () => {
    const added = await store.add(await give());
    expect(added).toMatchObject({ origin: 'added', state: 'ready', lacking: [], needsDownload: false });
    const listed = await store.list();
    expect(listed.map(({ manifest }) => manifest.name)).toEqual(['standard', 'classic', 'opencv-zoo', 'crafted']);
    const pack = await store.load('crafted');
    expect(Buffer.from(pack.embedder).equals(Buffer.from(embedderBytes))).toBe(true);
    expect(pack.landmarker).toBeNull();
    expect((await readdir(path.join(packsFolder, 'crafted'))).sort()).toEqual(['detector.onnx', 'embedder.onnx', 'manifest.json']);
  });

  test('may be given as a folder, and its files may lie where the manifest says', async () => {
    const files = [
      { ...describeFile('detector.onnx', detectorBytes, 'mine'), path: 'nets/finder.onnx' },
      describeFile('embedder.onnx', embedderBytes, 'mine'),
    ];
    const manifestPath = await give(describePack({ files }), { 'embedder.onnx': embedderBytes });
    await mkdir(path.join(given, 'nets'));
    await writeFile(path.join(given, 'nets', 'finder.onnx'), detectorBytes);
    await copyFile(manifestPath, path.join(given, 'manifest.json'));
    expect((await store.add(given)).state).toBe('ready');
  });

  test('may use the files of another pack', async () => {
    await store.add(await give());
    await rm(path.join(given, 'detector.onnx'));
    await store.add(await give(describePack({ name: 'second' }), { 'embedder.onnx': embedderBytes }));
    expect((await store.load('second')).detector).toHaveLength(detectorBytes.length);
    expect(existsSync(path.join(packsFolder, 'second', 'detector.onnx'))).toBe(false);
  });

  test('replaces the one of the same name', async () => {
    await store.add(await give());
    await store.add(await give(describePack({ version: '2' })));
    expect((await store.readManifest('crafted')).version).toBe('2');
  });

  test('leaves nothing behind where a file is missing or has other bytes', async () => {
    const lacking = await give(describePack(), { 'detector.onnx': detectorBytes });
    await expect(store.add(lacking)).rejects.toMatchObject({ code: 'model-missing', parameters: { file: 'embedder.onnx' } });
    const wrong = await give(describePack(), { 'detector.onnx': detectorBytes, 'embedder.onnx': swapLastByte(embedderBytes) });
    await expect(store.add(wrong)).rejects.toMatchObject({ code: 'model-mismatch', parameters: { file: 'embedder.onnx' } });
    expect(await readdir(packsFolder)).toEqual([]);
  });

  test.each([
    ['the name of a built-in pack', describePack({ name: 'standard' }), 'name'],
    ['an unknown field', describePack({ threshold: 1 }), 'the manifest'],
    ['an output that the network has not', describePack({ detector: { ...(describePack()['detector'] as object), outputs: { scores: ['scores'], distances: ['edges'], landmarks: ['landmarks'] } } }), 'detector.outputs'],
    ['an input of another name', describePack({ embedder: { ...(describePack()['embedder'] as object), input: { name: 'data', shape: [1, 3, 8, 8], channelOrder: 'rgb', mean: 0, scale: 1 } } }), 'embedder.input.name'],
    ['an input of another size', describePack({ embedder: { ...(describePack()['embedder'] as object), input: { name: 'x', shape: [1, 3, 9, 9], channelOrder: 'rgb', mean: 0, scale: 1 } } }), 'embedder.input.shape'],
    ['an open size that the network has not', describePack({ detector: { ...(describePack()['detector'] as object), sizeMultiplePx: 8 } }), 'detector.input.shape'],
  ])('is refused for %s', async (_, manifest, field) => {
    await expect(store.add(await give(manifest))).rejects.toMatchObject({ code: 'bad-argument', parameters: { field } });
    expect(existsSync(path.join(packsFolder, 'crafted'))).toBe(false);
  });

  test('whose manifest is no JSON, or is not there, is refused', async () => {
    await writeFile(path.join(given, 'manifest.json'), '{');
    await expect(store.add(given)).rejects.toMatchObject({ code: 'bad-argument', message: expect.stringContaining('not JSON') });
    await expect(store.add(path.join(given, 'nowhere.json'))).rejects.toMatchObject({ code: 'bad-argument', parameters: { field: 'path' } });
  });

  test('whose manifest has gone bad hides no other, and says so when asked for', async () => {
    await store.add(await give());
    await writeFile(path.join(packsFolder, 'crafted', 'manifest.json'), '{}');
    expect(await store.list()).toHaveLength(3);
    await expect(store.load('crafted')).rejects.toMatchObject({ code: 'bad-argument' });
  });
});

describe('a single file', () => {
  test('goes to the pack that lacks it, whatever its name', async () => {
    await store.add(await give(describePack({ sources: { mine: { kind: 'web', addresses: ['https://models.invalid/'] } } }), { 'detector.onnx': detectorBytes }));
    const [file] = await Promise.all([path.join(given, 'download (1)')]);
    await writeFile(file, embedderBytes);
    expect((await store.add(file)).state).toBe('ready');
    expect((await store.verify('crafted')).state).toBe('ready');
  });

  test('that no pack names is refused', async () => {
    const file = path.join(given, 'stranger.onnx');
    await writeFile(file, embedderBytes);
    await expect(store.add(file)).rejects.toMatchObject({ code: 'model-mismatch', parameters: { file: 'stranger.onnx' } });
  });
});

describe('a download', () => {
  let server: Server;
  let answer: (request: IncomingMessage, response: ServerResponse) => void;
  let asked: { path: string; range: string | undefined }[];
  let address: string;

  beforeEach(async () => {
    asked = [];
    answer = serveWhole;
    server = createServer((request, response) => {
      asked.push({ path: request.url ?? '', range: request.headers.range });
      answer(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  function serveWhole(request: IncomingMessage, response: ServerResponse): void {
    const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    if (start > 0) response.writeHead(206, { 'content-range': `bytes ${start}-${embedderBytes.length - 1}/${embedderBytes.length}` });
    response.end(embedderBytes.subarray(start));
  }

  /** Sends the first bytes and no more; whoever has taken them in breaks the connection, after which `next` answers. */
  function serveFirst(bytes: number, next: typeof answer): (doneBytes: number) => void {
    let held: ServerResponse | undefined;
    answer = (_, response) => {
      held = response;
      answer = next;
      response.writeHead(200, { 'content-length': embedderBytes.length });
      response.write(embedderBytes.subarray(0, bytes));
    };
    return (doneBytes) => {
      if (doneBytes === bytes) held?.destroy();
    };
  }

  /** A pack whose embedder comes from the web. */
  async function addWebPack(addresses: readonly string[] = [`${address}/models`]): Promise<void> {
    const sources = { mine: { kind: 'local' }, web: { kind: 'web', addresses } };
    const files = [describeFile('detector.onnx', detectorBytes, 'mine'), describeFile('embedder.onnx', embedderBytes, 'web')];
    const added = await store.add(await give(describePack({ sources, files }), { 'detector.onnx': detectorBytes }));
    expect(added).toMatchObject({ state: 'incomplete', needsDownload: true, lacking: [{ name: 'embedder.onnx', reason: 'missing' }] });
  }

  const part = (): string => path.join(packsFolder, 'crafted', 'embedder.onnx.part');

  test('brings what is lacking, says how far it is, and asks for nothing twice', async () => {
    await addWebPack();
    const progress: [number, number][] = [];
    const state = await store.download('crafted', { onProgress: (done, total) => progress.push([done, total]) });
    expect(state).toMatchObject({ state: 'ready', needsDownload: false });
    expect(asked).toEqual([{ path: '/models/embedder.onnx', range: undefined }]);
    expect(progress.at(-1)).toEqual([embedderBytes.length, embedderBytes.length]);
    expect(progress.every(([done], index) => done >= (progress[index - 1]?.[0] ?? 0))).toBe(true);
    expect(existsSync(part())).toBe(false);
    await store.download('crafted', {});
    expect(asked).toHaveLength(1);
    expect((await store.load('crafted')).embedder).toHaveLength(embedderBytes.length);
  });

  test('goes on where the connection broke', async () => {
    await addWebPack();
    const onProgress = serveFirst(50_000, serveWhole);
    expect((await store.download('crafted', { onProgress })).state).toBe('ready');
    expect(asked.map(({ range }) => range)).toEqual([undefined, 'bytes=50000-']);
  });

  test('goes on where an earlier one ended, in another process too', async () => {
    await addWebPack();
    await writeFile(part(), embedderBytes.subarray(0, 1234));
    const later = createPackStore({ packsFolder });
    expect((await later.download('crafted', {})).state).toBe('ready');
    expect(asked).toEqual([{ path: '/models/embedder.onnx', range: 'bytes=1234-' }]);
  });

  test('starts again with a server that sends the whole whatever it is asked', async () => {
    await addWebPack();
    await writeFile(part(), embedderBytes.subarray(0, 1234));
    answer = (_, response) => response.end(embedderBytes);
    expect((await store.download('crafted', {})).state).toBe('ready');
  });

  test.each([
    ['begins otherwise', () => new Uint8Array(1000).fill(7)],
    ['is too long', () => new Uint8Array(embedderBytes.length + 1)],
    ['is as long and wrong', () => swapLastByte(embedderBytes)],
  ])('drops what lies there and %s', async (_, createPart) => {
    await addWebPack();
    await writeFile(part(), createPart());
    expect((await store.download('crafted', {})).state).toBe('ready');
  });

  test('takes a finished part without asking anybody', async () => {
    await addWebPack();
    await writeFile(part(), embedderBytes);
    expect((await store.download('crafted', {})).state).toBe('ready');
    expect(asked).toEqual([]);
  });

  test('tries the next address where one has other bytes or none', async () => {
    await addWebPack([`${address}/gone`, `${address}/wrong`, `${address}/long`, `${address}/right`]);
    answer = (request, response) => {
      if (request.url?.startsWith('/gone')) response.writeHead(404).end();
      else if (request.url?.startsWith('/wrong')) response.end(swapLastByte(embedderBytes));
      else if (request.url?.startsWith('/long')) response.end(Buffer.concat([embedderBytes, embedderBytes]));
      else serveWhole(request, response);
    };
    expect((await store.download('crafted', {})).state).toBe('ready');
    expect(asked.map(({ path: asking }) => asking.split('/')[1])).toEqual(['gone', 'wrong', 'long', 'right']);
  });

  test('of wrong bytes is refused and nothing of it kept', async () => {
    await addWebPack();
    answer = (_, response) => response.end(swapLastByte(embedderBytes));
    await expect(store.download('crafted', {})).rejects.toMatchObject({ code: 'model-mismatch', parameters: { file: 'embedder.onnx' } });
    expect((await readdir(path.join(packsFolder, 'crafted'))).sort()).toEqual(['detector.onnx', 'manifest.json']);
  });

  test('that no address has names them and why', async () => {
    await addWebPack();
    answer = (_, response) => response.writeHead(404).end();
    await expect(store.download('crafted', {})).rejects.toMatchObject({
      code: 'offline',
      message: expect.stringContaining('status 404'),
      parameters: { file: 'embedder.onnx', addresses: `${address}/models/embedder.onnx` },
    });
  });

  test('without a server says that, and keeps what came before', async () => {
    await addWebPack();
    const onProgress = serveFirst(50_000, (_, response) => response.destroy());
    await expect(store.download('crafted', { onProgress })).rejects.toMatchObject({ code: 'offline' });
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await expect(store.download('crafted', {})).rejects.toMatchObject({
      code: 'offline',
      message: expect.stringContaining('ECONNREFUSED'),
    });
    expect(await readFile(part())).toHaveLength(50_000);
    server.listen(0);
  });

  test('that is cancelled keeps what came', async () => {
    await addWebPack();
    const abort = new AbortController();
    answer = (_, response) => {
      response.writeHead(200, { 'content-length': embedderBytes.length });
      response.write(embedderBytes.subarray(0, 60_000));
    };
    const download = store.download('crafted', {
      signal: abort.signal,
      onProgress: (done) => {
        if (done === 60_000) abort.abort();
      },
    });
    await expect(download).rejects.toMatchObject({ code: 'cancelled' });
    expect(await readFile(part())).toHaveLength(60_000);
    await expect(store.download('crafted', { signal: abort.signal })).rejects.toMatchObject({ code: 'cancelled' });
  });

  test('that stalls is given up', async () => {
    await addWebPack();
    answer = (_, response) => void response.writeHead(200);
    const impatient = createPackStore({ packsFolder, stallTimeoutMs: 50, pause: async () => undefined });
    await expect(impatient.download('crafted', {})).rejects.toMatchObject({
      code: 'offline',
      message: expect.stringContaining('nothing for 0.05 s'),
    });
  });

  test('of what the web does not have is refused', async () => {
    await expect(store.download('standard', {})).rejects.toMatchObject({ code: 'model-missing', parameters: { file: 'fr_detect.onnx' } });
  });
});

test('web addresses are encrypted unless they are of this machine', async () => {
  const from = (address: string): object => describePack({ sources: { mine: { kind: 'web', addresses: [address] } } });
  for (const address of ['http://models.invalid', 'ftp://127.0.0.1', 'http://127.0.0.1.models.invalid']) {
    await expect(store.add(await give(from(address)))).rejects.toMatchObject({ code: 'bad-argument' });
  }
  for (const address of ['https://models.invalid', 'http://localhost:8080', 'http://[::1]:8080/a/']) {
    expect((await store.add(await give(from(address)))).state).toBe('ready');
  }
});
