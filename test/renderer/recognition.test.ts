/** What a window does with packs, effort and runtime, without a DOM. */

import { createHash } from 'node:crypto';
import { cp } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { JobSnapshot, Pack } from '../../electron/api/schemas.ts';
import type { JobId } from '../../electron/base/ids.ts';
import { readStandardManifest } from '../../native-models/packs/standard-pack.ts';
import { Translator } from '../../renderer/i18n/translator.svelte.ts';
import { describeDetail, describeHeadline, shareDone } from '../../renderer/imports/job-words.ts';
import { nameRuntime, type PackQuestion } from '../../renderer/packs/recognition.svelte.ts';
import { formatRoute, parseRoute } from '../../renderer/app/router.svelte.ts';
import { createDerivedPacks, swapColours, type DerivedPacks } from '../support/derived-packs.ts';
import { inventId, type InventedEngineOptions } from '../support/invented-engine.ts';
import { samplesFolder } from '../support/sample-faces.ts';
import { openWindow } from './open-window.ts';

let packs: DerivedPacks;
/** Where the pack "fetched" lies on the web, here on this machine. */
let web: Server;
const fetchedFile = Buffer.from('a network that nobody runs');

beforeAll(async () => {
  web = createServer((_request, response) => response.end(fetchedFile));
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
});
afterAll(() => void web.close());

beforeEach(async () => {
  packs = await createDerivedPacks();
  const manifest = readStandardManifest();
  await packs.derive('swapped', swapColours(manifest));
  const { port } = web.address() as AddressInfo;
  const sha256 = createHash('sha256').update(fetchedFile).digest('hex');
  await packs.derive('fetched', {
    sources: { ...manifest.sources, web: { kind: 'web', addresses: [`http://127.0.0.1:${port}/`] } },
    files: [...manifest.files, { name: 'more.onnx', source: 'web', path: 'more.onnx', bytes: fetchedFile.length, sha256 }],
  });
});
afterEach(() => packs.remove());

async function openApp(options: InventedEngineOptions = { isFilled: true, isConsentGiven: true }) {
  const asked: PackQuestion[] = [];
  const user = { agrees: true };
  const agreesToPack = async (question: PackQuestion): Promise<boolean> => {
    asked.push(question);
    return user.agrees;
  };
  const { app } = await openWindow({ ...options, engine: { packsFolder: packs.packsFolder }, answers: { agreesToPack } });
  // As the settings are on screen, news of packs are heard.
  app.router.go({ view: 'settings' });
  await app.recognition.refresh();
  const find = (name: string): Pack => app.recognition.packs!.find((pack) => pack.name === name)!;
  return { app, recognition: app.recognition, find, asked, user };
}

describe('the packs of the settings', () => {
  it('say where each stands and what can be done with it', async () => {
    const { recognition, find } = await openApp();
    expect(recognition.active?.name).toBe('standard');
    const seen = ['standard', 'swapped', 'opencv-zoo'].map((name) => [recognition.describeState(find(name)), recognition.offer(find(name))]);
    expect(seen).toEqual([
      ['In use', null],
      ['Ready', 'use'],
      ['Not downloaded', 'download'],
    ]);
    const broken = { ...find('standard'), state: 'damaged' as const, lackingFiles: ['fr_detect.onnx'] };
    expect(recognition.describeState(broken)).toBe('Damaged: fr_detect.onnx');
    expect(recognition.offer(broken)).toBeNull();
  });

  it('are switched only after a question, and the card and the bar follow', async () => {
    const { app, recognition, find, asked, user } = await openApp();
    user.agrees = false;
    await recognition.ask('switch', find('swapped'), 6);
    expect(asked).toMatchObject([{ kind: 'switch', pack: { name: 'swapped', photosToAnalyze: 6 } }]);
    expect(app.imports.shown).toBeNull();

    user.agrees = true;
    await recognition.ask('switch', find('swapped'), 6);
    expect(asked.length).toBe(2);
    await expect.poll(() => app.imports.shown?.state, { timeout: 20_000 }).toBe('done');
    expect(app.imports.shown).toMatchObject({ kind: 'switch-pack', pack: 'swapped' });
    await expect.poll(() => recognition.active?.name).toBe('swapped');
  });

  it('are used at once where there are no photos', async () => {
    const { recognition, find, asked } = await openApp({});
    await recognition.ask('switch', find('swapped'), 0);
    expect(asked).toEqual([]);
    expect(recognition.active?.name).toBe('swapped');
  });

  it('are downloaded only after a question, and can be used then', async () => {
    const { app, recognition, find, asked, user } = await openApp();
    expect(recognition.describeState(find('fetched'))).toBe('Not downloaded');
    user.agrees = false;
    await recognition.ask('download', find('fetched'), 0);
    expect(asked.map(({ kind }) => kind)).toEqual(['download']);
    expect(app.imports.jobs).toEqual([]);
    user.agrees = true;
    await recognition.ask('download', find('fetched'), 0);
    await expect.poll(() => app.imports.shown?.state).toBe('done');
    await expect.poll(() => recognition.offer(find('fetched'))).toBe('use');
  });

  it('are added by a path, and a wrong one is explained beside it', async () => {
    const { app, recognition, find } = await openApp();
    recognition.addPath = path.join(samplesFolder, 'sample1.jpg');
    await recognition.add();
    expect(recognition.addProblem).toBe('The file is none of those that a model names.');
    const wrong = ` ${samplesFolder} `;
    recognition.addPath = wrong;
    await recognition.add();
    expect(recognition.addProblem).toContain('no model manifest');
    expect(recognition.addPath).toBe(wrong);
    const given = await createDerivedPacks();
    try {
      await given.derive('mine', swapColours(readStandardManifest()));
      for (const { name } of readStandardManifest().files) await cp(path.join(given.packsFolder, 'standard', name), path.join(given.packsFolder, 'mine', name));
      recognition.addPath = path.join(given.packsFolder, 'mine');
      await recognition.add();
    } finally {
      await given.remove();
    }
    expect(recognition.addProblem).toBeNull();
    expect(recognition.addPath).toBe('');
    expect(find('mine').origin).toBe('added');
    expect(app.toasts.list.map(({ text }) => text)).toEqual(['mine has been added']);
  });
});

describe('effort and runtime', () => {
  it('are changed at once, and a greater effort offers to look again', async () => {
    const { recognition, find } = await openApp();
    await recognition.chooseEffort('thorough');
    expect(recognition.settings?.effort).toBe('thorough');
    expect(recognition.offer(find('standard'))).toBe('look-again');
    await recognition.chooseRuntime('wasm');
    expect(recognition.settings?.runtime).toBe('wasm');
  });

  it('stay as they are where the engine refuses', async () => {
    const { app, recognition } = await openApp();
    await recognition.chooseRuntime('abacus');
    expect(recognition.settings?.runtime).toBe('auto');
    expect(app.toasts.list.map(({ tone }) => tone)).toEqual(['error']);
    expect(nameRuntime('onnx')).toBe('ONNX Runtime');
    expect(nameRuntime('abacus')).toBe('abacus');
  });
});

describe('the words for a job', () => {
  const translator = new Translator('en');
  const fields = {
    id: inventId<JobId>('job'),
    error: null,
    createdAt: '',
    progress: { stage: 'analyzing', done: 3, total: 12, faces: 0, failed: 0, photosPerSecond: null, secondsLeft: null } as const,
  };
  const summary = { photos: 12, analyzed: 10, missing: 2, failed: [], failedCount: 0, faces: 30, people: 9, seconds: 4, runtime: '' };

  it.each<[JobSnapshot, string]>([
    [{ ...fields, kind: 'switch-pack', pack: 'classic', state: 'running', summary: null }, 'Looking again: 3 of 12 photos'],
    [{ ...fields, kind: 'switch-pack', pack: 'classic', state: 'done', summary }, '10 photos looked at again'],
    [{ ...fields, kind: 'import', folders: [], effort: null, state: 'running', summary: null }, '3 of 12 photos'],
    [
      { ...fields, kind: 'download-pack', pack: 'zoo', state: 'running', summary: null, progress: { ...fields.progress, stage: 'downloading', done: 1_500_000, total: 38_900_000 } },
      'Downloading zoo: 1.5 MB of 38.9 MB',
    ],
    [
      { ...fields, kind: 'download-pack', pack: 'zoo', state: 'failed', summary: null, error: { code: 'disk-full', message: '', parameters: {} } },
      'The download of zoo has stopped: The disk is full.',
    ],
  ])('fit its kind and state', (job, headline) => {
    expect(describeHeadline(job, translator)).toBe(headline);
  });

  it('say what each address of a download had instead of the file', () => {
    const error = { code: 'model-mismatch', message: '', parameters: { file: 'a.onnx', reason: 'https://a.example: a web page instead of the file' } } as const;
    const job: JobSnapshot = { ...fields, kind: 'download-pack', pack: 'zoo', state: 'failed', summary: null, error };
    expect(describeDetail(job, translator)).toEqual(['https://a.example: a web page instead of the file']);
  });

  it('say what a switch has not found', () => {
    const job: JobSnapshot = { ...fields, kind: 'switch-pack', pack: 'classic', state: 'done', summary };
    expect(describeDetail(job, translator)).toEqual(['9 people · 30 faces · 4 seconds', '2 photos were not found and keep their people']);
    expect(shareDone(job)).toBe(0.25);
  });
});

it('settings have an address', () => {
  expect(parseRoute(formatRoute({ view: 'settings' }))).toEqual({ view: 'settings' });
});
