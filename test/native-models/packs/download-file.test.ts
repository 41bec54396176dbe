/** One file from the web: what servers on this machine send in its place, and how long each is asked. */

import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { downloadFile } from '../../../native-models/packs/download-file.ts';
import type { PackFile } from '../../../native-models/packs/manifest.ts';

const whole = Buffer.from(Float64Array.from({ length: 25_000 }, (_, index) => Math.sin(index)).buffer);
const file: PackFile = {
  name: 'net.onnx',
  source: 'web',
  path: 'net.onnx',
  bytes: whole.length,
  sha256: createHash('sha256').update(whole).digest('hex'),
};
const lfsPointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${file.sha256}\nsize ${file.bytes}\n`;
const quotaPage = '<!DOCTYPE html><html><head><title>Quota exceeded</title></head></html>';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

let folder: string;
let target: string;
let server: Server;
let origin: string;
/** By the first part of their path. */
let answers: Record<string, Answer>;
let asked: string[];
let pausesMs: number[];
/** What is broken off before it is taken in may never be seen. */
let breakOnceTaken: { readonly doneBytes: number; readonly response: ServerResponse } | null;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'kindred-download-'));
  target = path.join(folder, 'pack', file.name);
  asked = [];
  pausesMs = [];
  breakOnceTaken = null;
  answers = { mirror: sendFrom };
  server = createServer((request, response) => {
    const name = request.url!.split('/')[1]!;
    asked.push(name);
    answers[name]!(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true });
});

function download(names: readonly string[], options: { signal?: AbortSignal; pause?: () => Promise<void> } = {}): Promise<void> {
  return downloadFile(file, target, {
    fetch: globalThis.fetch,
    addresses: names.map((name) => `${origin}/${name}/${file.path}`),
    stallTimeoutMs: 5000,
    pause: async (durationMs) => {
      pausesMs.push(durationMs);
      await options.pause?.();
    },
    signal: options.signal,
    onProgress: (doneBytes) => {
      if (doneBytes === breakOnceTaken?.doneBytes) breakOnceTaken.response.destroy();
    },
  });
}

function readStart(request: IncomingMessage): number {
  return Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
}

/** A server as it should be. */
function sendFrom(request: IncomingMessage, response: ServerResponse): void {
  const start = readStart(request);
  if (start > 0) response.writeHead(206, { 'content-range': `bytes ${start}-${whole.length - 1}/${whole.length}` });
  response.end(whole.subarray(start));
}

/** Sends so many bytes and breaks the connection. */
function breakAfter(bytes: number): Answer {
  return (request, response) => {
    const start = readStart(request);
    const head = { 'content-length': whole.length - start, ...(start > 0 && { 'content-range': `bytes ${start}-${whole.length - 1}/${whole.length}` }) };
    response.writeHead(start > 0 ? 206 : 200, head);
    if (bytes === 0) return void response.destroy();
    breakOnceTaken = { doneBytes: start + bytes, response };
    response.write(whole.subarray(start, start + bytes));
  };
}

async function expectWhole(): Promise<void> {
  expect((await readFile(target)).equals(whole)).toBe(true);
}

async function keepPart(bytes: number): Promise<void> {
  await writeFile(await madeFolder(), whole.subarray(0, bytes));
}

async function madeFolder(): Promise<string> {
  await mkdir(path.dirname(target), { recursive: true });
  return `${target}.part`;
}

describe('what is not the file', () => {
  const wrong: readonly (readonly [string, Answer, RegExp])[] = [
    ['a quota page', (_, response) => response.setHeader('content-type', 'text/html').end(quotaPage), /a web page/],
    ['a page that does not say it is one', (_, response) => response.end(quotaPage), /bytes|a web page/],
    ['a page in pieces', (_, response) => sendInPieces(response, quotaPage), /a web page/],
    ['a Git LFS pointer', (_, response) => response.end(lfsPointer), /131 bytes|Git LFS pointer/],
    ['a Git LFS pointer in pieces', (_, response) => sendInPieces(response, lfsPointer), /Git LFS pointer/],
    ['nothing at all', (_, response) => response.end(), /0 bytes/],
    ['a body that ends too early', (_, response) => sendInPieces(response, whole.subarray(0, 5000)), /ended after 5000 of 200000 bytes/],
    ['a body that says it is shorter', (_, response) => response.end(whole.subarray(0, 5000)), /5000 bytes/],
    ['a body without end', sendWithoutEnd, /more than 200000 bytes/],
    ['a longer body', (_, response) => response.end(Buffer.concat([whole, whole])), /400000 bytes/],
    ['other bytes', (_, response) => response.end(Buffer.alloc(whole.length)), /sha256/],
    ['a redirect in a circle', (request, response) => response.writeHead(302, { location: request.url! }).end(), /redirect/],
    ['a part that was not asked for', sendPart('bytes 7-199999/200000'), /content-range/],
    ['a part of another whole', sendPart('bytes 0-199999/300000'), /300000/],
    ['a refusal', (_, response) => response.writeHead(403).end(quotaPage), /status 403/],
  ];

  test.each(wrong)('%s is asked for once, and the next address is tried', async (_, answer) => {
    answers.first = answer;
    await download(['first', 'mirror']);
    expect(asked.filter((name) => name === 'mirror')).toHaveLength(1);
    // A circle is walked by fetch itself.
    expect(new Set(asked)).toEqual(new Set(['first', 'mirror']));
    if (!asked.some((name, at) => at > 0 && name === 'first')) expect(asked).toEqual(['first', 'mirror']);
    expect(pausesMs).toEqual([]);
    await expectWhole();
    expect(existsSync(`${target}.part`)).toBe(false);
  });

  test.each(wrong)('%s is told as the reason where there is no other address', async (_, answer, reason) => {
    answers.first = answer;
    const failure = download(['first']).catch((error: unknown) => error);
    expect(await failure).toMatchObject({
      code: expect.stringMatching(/^(offline|model-mismatch)$/),
      message: expect.stringMatching(reason),
      parameters: { file: 'net.onnx', addresses: `${origin}/first/net.onnx`, reason: expect.stringMatching(reason) },
    });
    expect(existsSync(target)).toBe(false);
  });

  test.each(wrong)('%s does not spoil what is here already', async (_, answer) => {
    await keepPart(60_000);
    answers.first = answer;
    await download(['first', 'mirror']);
    await expectWhole();
  });

  test('is told for every address', async () => {
    answers.first = (_, response) => response.writeHead(404).end();
    answers.second = (_, response) => response.end(lfsPointer);
    await expect(download(['first', 'second'])).rejects.toMatchObject({
      code: 'model-mismatch',
      parameters: {
        file: 'net.onnx',
        addresses: `${origin}/first/net.onnx, ${origin}/second/net.onnx`,
        reason: expect.stringMatching(/first\/net\.onnx: status 404; .*second\/net\.onnx: .*131 bytes/),
      },
    });
  });
});

describe('an address that breaks off', () => {
  test('without ever bringing anything is asked three times, with pauses that grow, and then the next is', async () => {
    answers.first = breakAfter(0);
    await download(['first', 'mirror']);
    expect(asked).toEqual(['first', 'first', 'first', 'mirror']);
    expect(pausesMs).toHaveLength(2);
    expect(pausesMs[1]).toBeGreaterThan(pausesMs[0]!);
  });

  test.each([429, 500, 503])('with status %i is asked three times', async (status) => {
    answers.first = (_, response) => response.writeHead(status).end();
    await download(['first', 'mirror']);
    expect(asked).toEqual(['first', 'first', 'first', 'mirror']);
  });

  test('with one byte a time is not asked for ever', async () => {
    answers.first = breakAfter(1);
    await download(['first', 'mirror']);
    expect(asked.filter((name) => name === 'first').length).toBeLessThan(5);
    expect(asked.at(-1)).toBe('mirror');
  });

  test('goes on from where it broke, with pauses that stop growing', async () => {
    answers.first = breakAfter(20_000);
    await download(['first']);
    expect(asked).toHaveLength(10);
    expect(pausesMs).toEqual(pausesMs.toSorted((one, other) => one - other));
    expect(Math.max(...pausesMs)).toBeLessThanOrEqual(15_000);
    await expectWhole();
  });

  test('and sends the whole again each time is not asked for ever, and keeps what is here', async () => {
    await keepPart(60_000);
    answers.first = (_, response) => {
      response.writeHead(200, { 'content-length': whole.length });
      breakOnceTaken = { doneBytes: 50_000, response };
      response.write(whole.subarray(0, 50_000));
    };
    await expect(download(['first'])).rejects.toMatchObject({ code: 'offline' });
    expect(asked).toHaveLength(3);
    expect((await readFile(`${target}.part`)).equals(whole.subarray(0, 60_000))).toBe(true);
  });

  test('is not asked again once the user has cancelled in the pause', async () => {
    const abort = new AbortController();
    answers.first = breakAfter(0);
    const pause = async (): Promise<void> => abort.abort();
    await expect(download(['first', 'mirror'], { signal: abort.signal, pause })).rejects.toMatchObject({ code: 'cancelled' });
    expect(asked).toEqual(['first']);
  });
});

test('a part that cannot be gone on with is asked for from the start', async () => {
  await keepPart(60_000);
  let count = 0;
  answers.first = (request, response) => {
    count += 1;
    if (count === 1) sendPart('bytes 0-199999/200000')(request, response);
    else sendFrom(request, response);
  };
  await download(['first']);
  expect(asked).toEqual(['first', 'first']);
  await expectWhole();
});

function sendInPieces(response: ServerResponse, body: string | Uint8Array): void {
  response.write(body, () => response.end());
}

function sendWithoutEnd(_: IncomingMessage, response: ServerResponse): void {
  const more = (): void => {
    if (!response.destroyed) response.write(whole, () => setImmediate(more));
  };
  more();
}

function sendPart(contentRange: string): Answer {
  return (_, response) => response.writeHead(206, { 'content-range': contentRange }).end(whole);
}
