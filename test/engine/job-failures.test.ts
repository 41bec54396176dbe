/** What an import cannot read: counted, told by the hundred, and sent page by page to whoever asks. */

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { JobId } from '../../electron/base/ids.ts';
import type { Engine } from '../../electron/engine/engine.ts';
import { describeImport } from '../../electron/terminal/import-report.ts';
import { createTemporaryLibrary, importAll, type TemporaryLibrary } from '../support/real-engine.ts';

const brokenCount = 130;

let library: TemporaryLibrary;
let folder: string;
beforeEach(async () => {
  library = await createTemporaryLibrary();
  folder = path.join(await mkdtemp(path.join(tmpdir(), 'kindred-broken-')), 'photos');
  await mkdir(folder);
  for (let index = 0; index < brokenCount; index += 1) await writeFile(path.join(folder, `${String(index).padStart(3, '0')}.jpg`), '');
});
afterEach(async () => {
  await library.remove();
  await rm(path.dirname(folder), { recursive: true, force: true });
});

async function listFailures(engine: Engine, jobId: JobId, page: { offset?: number; limit?: number } = {}) {
  return await engine.api.call('jobs.failures', { jobId, ...page });
}

test('a job keeps the count and the first hundred of its failures, the status none, and the rest is a page of its own', async () => {
  const engine = await library.open({ workers: 1 });
  const summary = await importAll(engine, [folder]);
  // Whoever reports at a terminal has asked for all.
  expect(summary).toMatchObject({ failedCount: brokenCount, photos: brokenCount });
  expect(summary.failed).toHaveLength(brokenCount);
  expect(describeImport(summary, []).filter((line) => line.includes('.jpg'))).toHaveLength(brokenCount);

  const [job] = (await engine.api.call('jobs.list', {})).jobs;
  expect(job!.summary).toMatchObject({ failedCount: brokenCount });
  expect(job!.kind === 'import' && job!.summary?.failed).toHaveLength(100);
  const status = await engine.api.call('library.status', {});
  expect(status.jobs[0]!.summary).toMatchObject({ failed: [], failedCount: brokenCount });
  expect(JSON.stringify(status).length).toBeLessThan(3_000);

  const page = await listFailures(engine, job!.id, { offset: 100, limit: 20 });
  expect(page.total).toBe(brokenCount);
  expect(page.failures).toHaveLength(20);
  expect(page.failures[0]).toMatchObject({ reason: 'empty-file' });
  const all = await listFailures(engine, job!.id);
  expect(new Set(all.failures.map((failure) => failure.path)).size).toBe(brokenCount);

  // Run again, it is of that run alone what it tells.
  for (let index = 0; index < 100; index += 1) await rm(path.join(folder, `${String(index).padStart(3, '0')}.jpg`));
  expect((await importAll(engine, [folder])).failedCount).toBe(brokenCount - 100);
  const jobs = (await engine.api.call('jobs.list', {})).jobs;
  expect((await listFailures(engine, jobs[0]!.id)).total).toBe(brokenCount - 100);
  expect((await listFailures(engine, job!.id)).total).toBe(brokenCount);
});

test.each([
  ['a path of 10 MB', ['/'.padEnd(10_000_000, 'a')]],
  ['more folders than a shell writes out', Array.from({ length: 10_001 }, (_, index) => `/${index}`)],
  ['folders that are too long together', Array.from({ length: 300 }, (_, index) => `/${index}`.padEnd(4_000, 'a'))],
])('%s is refused and kept by no job', async (_, folders) => {
  const engine = await library.open();
  await expect(engine.api.call('import.start', { folders })).rejects.toMatchObject({ code: 'bad-argument' });
  expect((await engine.api.call('jobs.list', {})).jobs).toEqual([]);
});
