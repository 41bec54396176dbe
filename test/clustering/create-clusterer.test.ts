import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it, vi } from 'vitest';
import * as workerEntry from '../../electron/base/worker-entry.ts';
import { createClusterer, type Clusterer } from '../../electron/clustering/create-clusterer.ts';
import { LibraryClustering } from '../../electron/clustering/library-clustering.ts';
import { inventFaces, testOptions, toInput } from './synthetic-library.ts';

vi.mock('../../electron/base/worker-entry.ts', { spy: true });

const faces = inventFaces(1, 40);
const open: Clusterer[] = [];

function start(): Clusterer {
  const clusterer = createClusterer();
  open.push(clusterer);
  return clusterer;
}

afterEach(async () => {
  for (const clusterer of open.splice(0)) await clusterer.dispose();
});

describe('the clusterer', () => {
  it('finds in its worker what is found without one, and tells how far it is', async () => {
    const progress: number[] = [];
    const result = await start().cluster(toInput(faces), testOptions, { onProgress: (done) => progress.push(done) });
    expect(result).toEqual(new LibraryClustering().run(toInput(faces), testOptions, { scope: 'settled' }));
    expect(progress.at(-1)).toBe(1);
  });

  it('folds in, then clusters in full', async () => {
    const clusterer = start();
    const personOf = new Map(faces.slice(0, 30).map(({ id, identity }) => [id, `person ${identity}`]));
    const folded = await clusterer.foldIn(toInput(faces, { personOf }), testOptions);
    expect(folded.assignments.length).toBe(faces.length - 30);
    const result = await clusterer.cluster(toInput(faces), testOptions);
    expect(result.clusters.length).toBe(40);
  });

  it('moves the arrays it is given, and copies views into larger ones', async () => {
    const input = toInput(faces);
    const shared = new Float32Array(input.qualities.length + 1);
    shared.set(input.qualities);
    await start().cluster({ ...input, qualities: shared.subarray(0, faces.length) }, testOptions);
    expect(input.embeddings.length).toBe(0);
    expect(shared.length).toBe(faces.length + 1);
  });

  it('runs calls one after another', async () => {
    const clusterer = start();
    const results = await Promise.all([1, 2, 3].map(() => clusterer.cluster(toInput(faces), testOptions)));
    expect(results[1]).toEqual(results[0]);
    expect(results[2]).toEqual(results[0]);
  });

  it('says what is wrong with its input by code', async () => {
    const input = toInput(faces);
    input.embeddings[0] = Number.NaN;
    await expect(start().cluster(input, testOptions)).rejects.toMatchObject({ code: 'library-damaged' });
  });

  it('stops at once when cancelled, and works on', async () => {
    const clusterer = start();
    const controller = new AbortController();
    const running = clusterer.cluster(toInput(faces), testOptions, { signal: controller.signal });
    controller.abort();
    await expect(running).rejects.toMatchObject({ code: 'cancelled' });
    await expect(
      clusterer.cluster(toInput(faces), testOptions, { signal: controller.signal }),
    ).rejects.toMatchObject({ code: 'cancelled' });
    expect((await clusterer.cluster(toInput(faces), testOptions)).clusters.length).toBe(40);
  });

  it('fails the call whose worker dies, and starts another for the next', async () => {
    const dying = new Worker("require('node:worker_threads').parentPort.once('message', () => process.exit(3))", { eval: true });
    vi.mocked(workerEntry.startWorker).mockReturnValueOnce(dying);
    const clusterer = start();
    await expect(clusterer.cluster(toInput(faces), testOptions)).rejects.toMatchObject({ code: 'worker-crashed' });
    expect((await clusterer.cluster(toInput(faces), testOptions)).clusters.length).toBe(40);
  });

  it('ends what runs when it is disposed of', async () => {
    const clusterer = start();
    const running = clusterer.cluster(toInput(faces), testOptions);
    const refused = expect(running).rejects.toMatchObject({ code: 'cancelled' });
    await clusterer.dispose();
    await refused;
    await expect(clusterer.cluster(toInput(faces), testOptions)).rejects.toMatchObject({ code: 'internal' });
  });
});
