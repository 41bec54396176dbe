/** The state of a window over the fake engine, without a DOM. */

import { afterEach } from 'vitest';
import type { MethodHandlers } from '../../electron/api/contract.ts';
import type { PersonSummary } from '../../electron/api/schemas.ts';
import { App } from '../../renderer/app/app.svelte.ts';
import { createFakeEngine } from '../support/fake-engine.ts';
import type { FakeEngine, FakeEngineOptions } from '../support/fake-engine.ts';

export interface OpenWindow {
  readonly app: App;
  readonly engine: FakeEngine;
}

const closings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closings.splice(0)) await close();
});

/** Over a library that is worth reviewing, unless the options say otherwise. */
export async function openWindow(options: FakeEngineOptions = { albums: 10, isConsentGiven: true }): Promise<OpenWindow> {
  const engine = createFakeEngine(options);
  const entries = ['#/people'];
  const app = new App({
    host: {
      kind: 'web',
      api: engine.api,
      mediaUrl: () => '',
      chooseFolders: null,
      connection: 'connected',
      onConnectionChange: () => () => {},
      close: () => {},
    },
    addressBar: {
      read: () => entries.at(-1)!,
      push: (hash) => void entries.push(hash),
      replace: (hash) => void entries.splice(-1, 1, hash),
      onChange: () => () => {},
    },
    store: null,
    systemLanguages: ['en'],
    schedule: () => () => {},
  });
  closings.push(async () => {
    app.close();
    await engine.close();
  });
  await app.start();
  return { app, engine };
}

/** Puts another handler in the place of the engine's own. @returns how to take it away again */
export function replaceHandler<Method extends keyof MethodHandlers>(
  { engine }: OpenWindow,
  method: Method,
  handler: MethodHandlers[Method],
): () => void {
  const own = engine.handlers[method];
  Object.assign(engine.handlers, { [method]: handler });
  return () => void Object.assign(engine.handlers, { [method]: own });
}

export async function listPeople({ engine }: OpenWindow): Promise<readonly PersonSummary[]> {
  return (await engine.api.call('people.list', { limit: 1000 })).people;
}
