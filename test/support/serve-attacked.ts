/** A server on the fake engine in a process of its own, whose heap a test can keep small: it says where it listens, then
 *  for every message how much it holds. */

import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startLocalServer } from '../../electron/server/local-server.ts';
import { createFakeEngine } from './fake-engine.ts';

export interface AttackedServer {
  readonly port: number;
  readonly token: string;
}

export interface ServerUsage {
  readonly heapBytes: number;
  readonly exportsBegun: number;
  readonly bugs: readonly string[];
}

const rendererFolder = mkdtempSync(path.join(tmpdir(), 'kindred-attacked-'));
writeFileSync(path.join(rendererFolder, 'index.html'), '<!doctype html>');

const engine = createFakeEngine({ isFilled: true });
const [face] = (await engine.api.call('faces.export', { limit: 1 })).faces;
const bugs: string[] = [];
let exportsBegun = 0;

const handlers: typeof engine.handlers = {
  ...engine.handlers,
  /** As heavy as a page of a real library: a thousand faces of 512 numbers each. */
  'faces.export': async () => {
    exportsBegun += 1;
    const faces = Array.from({ length: 1000 }, (_, row) => ({
      ...face!,
      embedding: Array.from({ length: 512 }, (_, column) => Math.sin(row + column) / 16),
    }));
    return { faces, nextCursor: null };
  },
};

const server = await startLocalServer({
  engine: { ...engine, handlers },
  rendererFolder,
  port: 0,
  onBug: (error) => bugs.push(String(error)),
});

process.on('message', () => {
  process.send!({ heapBytes: sumMemory(), exportsBegun, bugs } satisfies ServerUsage);
});
process.on('disconnect', () => process.exit());
process.send!({ port: server.port, token: server.token } satisfies AttackedServer);

/** Of objects, and of what is held for them outside the heap. */
function sumMemory(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
