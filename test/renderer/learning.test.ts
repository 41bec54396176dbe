/** What a window says of what was learnt from the user, and what the user does with it, without a DOM. */

import { describe, expect, it } from 'vitest';
import type { JobOf, JobSnapshot, LearntVersion } from '../../electron/api/schemas.ts';
import { describeCancel, describeHeadline } from '../../renderer/imports/job-words.ts';
import { inventId } from '../support/invented-engine.ts';
import { openWindow, replaceHandler, type OpenWindow, type WindowOptions } from './open-window.ts';

async function openLearning(options: WindowOptions) {
  const opened = await openWindow({ isFilled: true, isConsentGiven: true, ...options });
  await opened.app.learning.refresh();
  return { ...opened, learning: opened.app.learning };
}

/** As it is told while it runs; its work takes longer than a test. */
function inventJob(fields: Pick<JobOf<'learn'>, 'state' | 'summary'>): JobSnapshot {
  return {
    id: inventId('job'),
    kind: 'learn',
    pack: 'standard',
    progress: { stage: 'learning', done: 250, total: 1000, faces: 0, failed: 0, photosPerSecond: null, secondsLeft: null },
    error: null,
    createdAt: '2026-01-01T00:00:00.000Z',
    ...fields,
  };
}

describe('what was learnt', () => {
  it('is one line: who is told apart better, and how many questions fewer there are', async () => {
    const { learning } = await openLearning({ hasLearnt: true });
    expect(learning.describe()).toBe('Tells apart Penny and Bernadette better: 31 fewer questions');
    const current: LearntVersion = learning.current!;
    expect(learning.describeVersion({ ...current, questionsAfter: 51 })).toMatch(/: 1 fewer question$/);
    expect(learning.describeVersion({ ...current, questionsAfter: 60 })).toBe('Tells apart Penny and Bernadette better');
    expect(learning.describeVersion({ ...current, toldApart: [], questionsAfter: 52 })).toBe('Tells your people apart better');
    expect(learning.describeVersion({ ...current, refusal: 'no-gain' })).toMatch(/as well as can be learnt/);
  });

  it('is said in Korean', async () => {
    const { learning } = await openLearning({ hasLearnt: true, language: 'ko' });
    expect(learning.describe()).toBe('더 잘 구별합니다: Penny, Bernadette · 질문 31개 줄어듦');
  });

  it('is taken back and taken up again', async () => {
    const { learning } = await openLearning({ hasLearnt: true });
    await learning.use(null);
    expect(learning.current).toBeNull();
    expect(learning.describe()).toBe('Nothing that was learnt is in use.');
    await learning.use(1);
    expect(learning.current?.version).toBe(1);
  });

  it('comes with a job that the bar shows while it runs, and a message at its end', async () => {
    const { app, learning, tellJob } = await openLearning({ hasLearnt: true });
    tellJob(inventJob({ state: 'running', summary: null }));
    expect(describeHeadline(app.imports.shown!, app.translator)).toBe('Learning from the people you have named');
    const { state: _state, createdAt: _createdAt, ...report } = learning.current!;
    tellJob(inventJob({ state: 'done', summary: { ...report, isAdopted: true } }));
    expect(app.toasts.list.map(({ text }) => text)).toEqual([expect.stringContaining('31 fewer questions')]);
    expect(app.imports.shown).toBeNull();
  });

  it('is put out of sight, not stopped, and stays so while it goes on', async () => {
    const { app, engine, tellJob } = await openLearning({});
    const job = inventJob({ state: 'running', summary: null });
    tellJob(job);
    const asked: string[] = [];
    replaceHandler({ app, engine } as OpenWindow, 'jobs.cancel', async ({ jobId }) => {
      asked.push(jobId);
      return {};
    });
    app.imports.dismiss(job.id);
    tellJob({ ...job, progress: { ...job.progress, done: 500 } });
    expect(app.imports.shown).toBeNull();
    expect(asked).toEqual([]);
    expect(app.learning.openJob?.id).toBe(job.id);
    tellJob({ ...job, state: 'paused' });
    tellJob(job);
    expect(app.imports.shown?.id).toBe(job.id);
  });

  it('is nothing yet in a new library, and refused with its reason where nobody has a name', async () => {
    const { app, learning } = await openLearning({});
    expect(learning.describe()).toBe('Nothing has been learnt yet.');
    await learning.start();
    await expect.poll(() => app.imports.jobs.find(({ kind }) => kind === 'learn')?.state, { timeout: 20_000 }).toBe('done');
    await learning.refresh();
    expect(learning.learning?.versions.map(({ refusal }) => refusal)).toEqual(['too-few']);
    expect(learning.current).toBeNull();
  });

  it('is not learnt by itself where the user does not want that', async () => {
    const { learning } = await openLearning({});
    expect(learning.learning?.isAutomatic).toBe(true);
    await learning.setAutomatic(false);
    expect(learning.learning?.isAutomatic).toBe(false);
  });

  it('can be stopped by a button that says so', async () => {
    const { app } = await openLearning({});
    const job = { kind: 'learn', pack: 'standard' } as unknown as JobSnapshot;
    expect(describeCancel(job, app.translator)).toBe('Stop learning');
  });
});
