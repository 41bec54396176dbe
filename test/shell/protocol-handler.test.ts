import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { formatMediaPath } from '../../electron/api/media-path.ts';
import { createProtocolHandler } from '../../electron/shell/protocol-handler.ts';
import { createFakeEngine, createFakeId } from '../support/fake-engine.ts';

const engine = createFakeEngine({ isFilled: true });
let folder: string;
let handle: (request: Request) => Promise<Response>;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'kindred-shell-'));
  const rendererFolder = path.join(folder, 'renderer');
  await mkdir(path.join(rendererFolder, 'assets'), { recursive: true });
  await writeFile(path.join(rendererFolder, 'index.html'), '<!doctype html><title>Kindred</title>');
  await writeFile(path.join(rendererFolder, 'assets', 'app.js'), 'export {};');
  await writeFile(path.join(folder, 'secret.txt'), 'secret');
  handle = createProtocolHandler({ media: engine.media, rendererFolder });
});

afterAll(async () => {
  await engine.close();
  await rm(folder, { recursive: true });
});

const get = (target: string): Promise<Response> => handle(new Request(new URL(target, 'kindred://app/')));

describe('kindred://app', () => {
  test('is the app, under its security policy', async () => {
    const answer = await get('/');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(answer.headers.get('content-security-policy')).toContain("connect-src 'self';");
    expect(await answer.text()).toContain('<title>Kindred</title>');
  });

  test('has its scripts, and the app for addresses of views', async () => {
    expect((await get('/assets/app.js')).headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(await (await get('/people/anna')).text()).toContain('<title>Kindred</title>');
    expect((await get('/assets/gone.js')).status).toBe(404);
  });

  test.each(['/../secret.txt', '/%2e%2e/secret.txt', '/..%2fsecret.txt', '/assets/..%2f..%2fsecret.txt', '/%00.txt', '/%ff.txt'])(
    'has nothing outside the renderer: %s',
    async (target) => {
      const answer = await get(target);
      expect([400, 404]).toContain(answer.status);
      expect(await answer.text()).toBe('');
    },
  );

  test('has pictures by id', async () => {
    const { id: faceId, pictureNumber } = (await engine.api.call('faces.list', { limit: 1 })).faces[0]!;
    const answer = await get(formatMediaPath('face', faceId, 96, pictureNumber));
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('image/jpeg');
    expect(answer.headers.get('cache-control')).toContain('immutable');
    expect((await answer.arrayBuffer()).byteLength).toBeGreaterThan(500);
    expect((await get(formatMediaPath('face', faceId, 96, pictureNumber + 1))).headers.get('cache-control')).toBe('private, no-cache');
    expect((await get(`/media/face/${createFakeId('x')}`)).status).toBe(404);
    expect((await get('/media/face/12')).status).toBe(400);
  });

  test('answers no other host and no other method', async () => {
    expect((await handle(new Request('kindred://other/'))).status).toBe(404);
    expect((await handle(new Request('kindred://app/', { method: 'POST' }))).status).toBe(405);
  });

  test('reports what fails for a reason of ours', async () => {
    const bugs: unknown[] = [];
    const failing = createProtocolHandler({
      media: { get: () => Promise.reject(new Error('broken')) },
      rendererFolder: folder,
      onBug: (error) => bugs.push(error),
    });
    expect((await failing(new Request(`kindred://app/media/face/${createFakeId('x')}`))).status).toBe(500);
    expect(bugs).toHaveLength(1);
  });
});
