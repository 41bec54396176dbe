/** The state of a window over a real engine and an invented library, without a DOM. */

import { afterEach } from 'vitest';
import type { KindredApi, MethodHandlers } from '../../electron/api/contract.ts';
import type { ConnectionState, Host } from '../../electron/api/host.ts';
import type { JobSnapshot, PersonSummary } from '../../electron/api/schemas.ts';
import { Emitter } from '../../electron/base/emitter.ts';
import { App } from '../../renderer/app/app.svelte.ts';
import type { Questions } from '../../renderer/app/questions.ts';
import { openInventedEngine, type InventedEngine, type InventedEngineOptions } from '../support/invented-engine.ts';

export interface WindowOptions extends InventedEngineOptions {
  readonly language?: string;
  readonly chooseFolders?: Host['chooseFolders'];
  /** What the user says where the window asks; by default nothing, as whoever closes each dialog. */
  readonly answers?: Partial<Questions>;
}

export interface OpenWindow {
  readonly app: App;
  readonly engine: InventedEngine;
  /** Every address since the window was opened; the last is the one it is at. */
  readonly addresses: readonly string[];
  /** What the window has asked of the engine so far. */
  readonly calls: readonly string[];
  setConnection(state: ConnectionState): void;
  /** Tells the window of a job as the engine would: of what takes too long for a test. */
  tellJob(job: JobSnapshot): void;
}

const noAnswers: Questions = {
  isSamePerson: async () => null,
  agreesToFaces: async () => false,
  chooseFolders: async () => [],
  agreesToPack: async () => false,
  takesAlong: async () => false,
};

const closings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closings.splice(0)) await close();
});

/** Over a library that is worth reviewing, unless the options say otherwise. */
export async function openWindow({
  language = 'en',
  chooseFolders = null,
  answers = {},
  ...options
}: WindowOptions = { albums: 10, isConsentGiven: true }): Promise<OpenWindow> {
  const engine = await openInventedEngine(options);
  const addresses = ['#/people'];
  const listeners: ((state: ConnectionState) => void)[] = [];
  const calls: string[] = [];
  const jobListeners = new Emitter<JobSnapshot>();
  const api: KindredApi = {
    call: (method, ...args) => {
      calls.push(method);
      return engine.api.call(method, ...args);
    },
    on: (event, listener) => {
      const stops = [engine.api.on(event, listener), ...(event === 'job' ? [jobListeners.on(listener as (job: JobSnapshot) => void)] : [])];
      return () => stops.forEach((stop) => stop());
    },
  };
  const app = new App({
    host: {
      kind: 'web',
      api,
      mediaUrl: () => '',
      chooseFolders,
      connection: 'connected',
      onConnectionChange: (listener) => {
        listeners.push(listener);
        return () => {};
      },
      close: () => {},
    },
    addressBar: {
      read: () => addresses.at(-1)!,
      push: (hash) => void addresses.push(hash),
      replace: (hash) => void addresses.splice(-1, 1, hash),
      onChange: () => () => {},
    },
    store: null,
    systemLanguages: [language],
    ask: () => ({ ...noAnswers, ...answers }),
    schedule: () => () => {},
  });
  closings.push(async () => {
    app.close();
    await engine.close();
  });
  await app.start();
  return { app, engine, addresses, calls, setConnection: (state) => listeners.forEach((listener) => listener(state)), tellJob: (job) => jobListeners.emit(job) };
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
