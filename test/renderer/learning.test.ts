/** What a window says of what was learnt from the user, and what the user does with it, without a DOM. */

import { afterEach, describe, expect, it, vi } from 'vitest';
import type { JobSnapshot, LearntVersion } from '../../electron/api/schemas.ts';
import { App } from '../../renderer/app/app.svelte.ts';
import { describeCancel, describeHeadline } from '../../renderer/imports/job-words.ts';
import { createFakeEngine, type FakeEngineOptions } from '../support/fake-engine.ts';

const closings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closings.splice(0)) await close();
});

async function openApp(options: FakeEngineOptions, language = 'en') {
  const engine = createFakeEngine({ isFilled: true, isConsentGiven: true, ...options });
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
    addressBar: { read: () => '#/settings', push: () => {}, replace: () => {}, onChange: () => () => {} },
    store: null,
    systemLanguages: [language],
    schedule: () => () => {},
  });
  closings.push(async () => {
    app.close();
    await engine.close();
  });
  await app.start();
  await app.learning.refresh();
  return { app, learning: app.learning };
}

describe('what was learnt', () => {
  it('is one line: who is told apart better, and how many questions fewer there are', async () => {
    const { learning } = await openApp({ hasLearnt: true });
    expect(learning.describe()).toBe('Tells apart Penny and Bernadette better: 31 fewer questions');
    const current: LearntVersion = learning.current!;
    expect(learning.describeVersion({ ...current, questionsAfter: 51 })).toMatch(/: 1 fewer question$/);
    expect(learning.describeVersion({ ...current, questionsAfter: 60 })).toBe('Tells apart Penny and Bernadette better');
    expect(learning.describeVersion({ ...current, toldApart: [], questionsAfter: 52 })).toBe('Tells your people apart better');
    expect(learning.describeVersion({ ...current, refusal: 'no-gain' })).toMatch(/as well as can be learnt/);
  });

  it('is said in Korean', async () => {
    const { learning } = await openApp({ hasLearnt: true }, 'ko');
    expect(learning.describe()).toBe('더 잘 구별합니다: Penny, Bernadette · 질문 31개 줄어듦');
  });

  it('is taken back and taken up again', async () => {
    const { learning } = await openApp({ hasLearnt: true });
    await learning.use(null);
    expect(learning.current).toBeNull();
    expect(learning.describe()).toBe('Nothing that was learnt is in use.');
    await learning.use(1);
    expect(learning.current?.version).toBe(1);
  });

  it('comes with a job that the bar shows while it runs, and a message at its end', async () => {
    const { app, learning } = await openApp({});
    expect(learning.describe()).toBe('Nothing has been learnt yet.');
    const shown: (string | null)[] = [];
    const stop = app.api.on('job', () => shown.push(app.imports.shown === null ? null : describeHeadline(app.imports.shown, app.translator)));
    await learning.start();
    await vi.waitFor(() => expect(app.toasts.list.map(({ text }) => text)).toEqual([expect.stringContaining('31 fewer questions')]));
    stop();
    expect(shown).toContain('Learning from the people you have named');
    expect(app.imports.shown).toBeNull();
    await learning.refresh();
    expect(learning.current?.version).toBe(1);
  });

  it('is not learnt by itself where the user does not want that', async () => {
    const { learning } = await openApp({});
    expect(learning.learning?.isAutomatic).toBe(true);
    await learning.setAutomatic(false);
    expect(learning.learning?.isAutomatic).toBe(false);
  });

  it('can be stopped by a button that says so', async () => {
    const { app } = await openApp({});
    const job = { kind: 'learn', pack: 'standard' } as unknown as JobSnapshot;
    expect(describeCancel(job, app.translator)).toBe('Stop learning');
  });
});
