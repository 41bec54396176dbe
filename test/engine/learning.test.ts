/** What an engine learns from the people whom its user has named, uses, takes back and takes up again. */

import { mkdtemp, rm } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Learning, LearnSummary } from '../../electron/api/schemas.ts';
import { createRandom } from '../../electron/base/random.ts';
import type { FaceId } from '../../electron/base/ids.ts';
import { openLibraryDatabase } from '../../electron/database/thread/open-library-database.ts';
import { openEngine, type Engine } from '../../electron/engine/engine.ts';
import { resolveHostFolders } from '../../electron/engine/host-folders.ts';
import { pipelineVersion } from '../../electron/pipeline/pipeline-version.ts';
import { followJob } from '../../electron/terminal/follow-job.ts';
import { fingerprintPack } from '../../native-models/packs/fingerprint-pack.ts';
import { readStandardManifest } from '../../native-models/packs/standard-pack.ts';

const peopleCount = 8;
const facesEach = 40;
/** Numbers that change from photo to photo, and numbers that say who it is; the others are 0. */
const [disturbed, telling] = [8, 8];

let folder: string;
let engine: Engine;
const faceIds: FaceId[][] = [];

/** People who differ in a few numbers alone, with another change of looks in every photo. */
async function fillLibrary(): Promise<void> {
  const manifest = readStandardManifest();
  const { length } = manifest.embedder;
  const random = createRandom(5);
  const gauss = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const database = await openLibraryDatabase({ libraryFolder: folder });
  const { name, version } = manifest;
  const packId = await database.registerPack({ name, version, manifestSha256: fingerprintPack(manifest), embeddingLength: length });
  await database.activatePack({ name, packId });
  for (let person = 0; person < peopleCount; person++) {
    const looks = Array.from({ length: telling }, gauss);
    const ids: FaceId[] = [];
    for (let at = 0; at < facesEach; at++) {
      const embedding = new Float32Array(length);
      for (let number = 0; number < disturbed; number++) embedding[number] = 1.2 * gauss();
      for (let number = 0; number < telling; number++) embedding[disturbed + number] = looks[number]! + 0.25 * gauss();
      const box = { x: 10, y: 10, width: 50, height: 50 };
      const face = { box, score: 0.9, quality: 0.9, embedding, landmarks: new Float32Array(10) };
      const stored = await database.savePhoto(
        {
          contentHash: createHash('sha256').update(`${person}/${at}`).digest(),
          byteSize: 0,
          format: 'jpeg',
          width: 100,
          height: 100,
          captureTime: null,
          location: null,
          faces: [face],
        },
        { packId, pipelineVersion, effort: 1 },
      );
      ids.push(...stored.faceIds);
    }
    faceIds.push(ids);
  }
  await database.close();
}

function open(): Promise<Engine> {
  return openEngine({ ...resolveHostFolders({}, folder), libraryFolder: folder, continuesSwitch: false });
}

async function learn(): Promise<LearnSummary> {
  const job = await followJob(engine.api, async () => (await engine.api.call('learning.start', {})).jobId);
  if (job?.kind !== 'learn' || job.summary === null) throw new Error('Expected a job that has learnt');
  return job.summary;
}

/** Who the user says is who. */
async function readConfirmed(): Promise<Record<string, string | null>> {
  const { faces } = await engine.api.call('faces.list', { limit: 1000 });
  return Object.fromEntries(faces.filter(({ isConfirmed }) => isConfirmed).map(({ id, personName }) => [id, personName]));
}

const get = (): Promise<Learning> => engine.api.call('learning.get', {});

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'kindred-learning-'));
  await fillLibrary();
  engine = await open();
  await engine.api.call('people.reclusterAll', {});
}, 60_000);
afterAll(async () => {
  await engine.close();
  await rm(folder, { recursive: true, force: true });
});

describe('learning from the user', () => {
  test('is refused with its reason while nobody has a name, and nothing changes', async () => {
    const summary = await learn();
    expect(summary).toMatchObject({ isAdopted: false, refusal: 'too-few', people: 0, faces: 0, questionsAfter: null });
    expect(await get()).toMatchObject({ current: null, isAutomatic: true, people: 0, versions: [{ state: 'refused' }] });
  });

  test('adopts what tells held-out faces apart better, and says what it changed', async () => {
    for (const [person, ids] of faceIds.entries()) {
      // The last faces of everybody are left to the clustering.
      await engine.api.call('faces.move', { faceIds: ids.slice(0, 32), personId: null, name: `Person ${person}` });
    }
    const confirmed = await readConfirmed();
    const summary = await learn();
    expect(summary).toMatchObject({ isAdopted: true, refusal: null, people: peopleCount });
    const { valBefore, valAfter, standardError } = summary.heldOut!;
    expect(valAfter - valBefore).toBeGreaterThan(standardError);
    expect(summary.questionsAfter).toBeLessThanOrEqual(summary.questionsBefore!);
    expect(summary.toldApart[0]!.names[0]).toMatch(/^Person \d$/);
    expect((await get()).current).toBe(summary.version);
    expect(await readConfirmed()).toEqual(confirmed);
  }, 60_000);

  test('is taken back and taken up again, and never moves what the user has confirmed', async () => {
    const confirmed = await readConfirmed();
    const { current } = await get();
    expect(current).not.toBeNull();
    expect((await engine.api.call('learning.use', { version: null })).current).toBeNull();
    expect(await readConfirmed()).toEqual(confirmed);
    expect((await engine.api.call('learning.use', { version: current })).current).toBe(current);
    expect(await readConfirmed()).toEqual(confirmed);
    await expect(engine.api.call('learning.use', { version: 99 })).rejects.toMatchObject({ code: 'not-found' });
    // What was refused has no matrix that could be used; and a choice that is refused changes nothing.
    await expect(engine.api.call('learning.use', { version: 1 })).rejects.toMatchObject({ code: 'not-found' });
    expect((await get()).current).toBe(current);
  }, 60_000);

  test('is there after the next start, which compares faces as before', async () => {
    const { current } = await get();
    await engine.api.call('learning.change', { isAutomatic: false });
    const before = await engine.api.call('review.list', { limit: 20 });
    await engine.close();
    engine = await open();
    expect(await get()).toMatchObject({ current, isAutomatic: false });
    expect(await engine.api.call('review.list', { limit: 20 })).toEqual(before);
  }, 60_000);

  test('that is begun again while it is being stopped is done, once', async () => {
    const { jobs: jobsBefore } = await engine.api.call('jobs.list', {});
    const start = async () => (await engine.api.call('learning.start', {})).jobId;
    const [first, twice] = await Promise.all([start(), start()]);
    expect(twice).toBe(first);
    const [, again] = await Promise.all([engine.api.call('jobs.cancel', { jobId: first }), start()]);
    expect(await followJob(engine.api, async () => again)).toMatchObject({ kind: 'learn', state: 'done' });
    expect((await engine.api.call('jobs.list', {})).jobs).toHaveLength(jobsBefore.length + 1);
  });
});
