/** The worker's side of the pool: loads the networks once, then reads and analyzes photos. */

import type { MessagePort } from 'node:worker_threads';
import { createRuntime } from '../../native-models/runtime/create-runtime.ts';
import { packError } from '../base/thread-errors.ts';
import { limitDecoder } from '../imaging/decode.ts';
import { KeptPictures } from '../imaging/kept-pictures.ts';
import { fingerprint, readPhotoFile } from '../library/fingerprint.ts';
import { analyzePhoto } from './analyze-photo.ts';
import { loadNetworks, type AnalysisNetworks } from './networks.ts';
import type { FromWorker, ToWorker, WorkerSetup } from './protocol.ts';

type Request = Extract<ToWorker, { kind: 'analyze' }>;
type Answer = Extract<ToWorker, { kind: 'answer' }>;

/** With company, a photo waits this long for it: a fraction of what a run takes where company pays. */
const batchWaitMs = 3;
/** Photos that a worker has under way on a CPU: while one is read, decoded or stored, another is looked at. */
const fewestPhotosAtOnce = 2;

/** Serves until the port closes.
 *  @param adapt puts other parts in the place of the networks' own */
export async function serveAnalyzer(
  port: MessagePort,
  setup: WorkerSetup,
  adapt: (networks: AnalysisNetworks) => AnalysisNetworks = (networks) => networks,
): Promise<void> {
  const send = (message: FromWorker): void => port.postMessage(message);
  limitDecoder();
  let networks: AnalysisNetworks;
  try {
    const { runtime: name, pack } = setup;
    const runtime = await createRuntime(name, { threads: 1 });
    const { description, device, preferredBatch } = runtime;
    networks = adapt(await loadNetworks(runtime, pack, { preferredBatch, waitMs: batchWaitMs }));
    send({ kind: 'ready', description, device, photosAtOnce: Math.max(fewestPhotosAtOnce, preferredBatch) });
  } catch (error) {
    send({ kind: 'unavailable', error: packError(error) });
    port.close();
    return;
  }

  const pictures = setup.picturesFolder === null ? null : new KeptPictures(setup.picturesFolder);
  const questions = new Map<number, (answer: Pick<Answer, 'isKnown' | 'settledFaces'>) => void>();
  async function analyze({ id, path, keepsSquares }: Request): Promise<FromWorker> {
    const bytes = await readPhotoFile(path);
    const contentHash = fingerprint(bytes);
    const answer = new Promise<Pick<Answer, 'isKnown' | 'settledFaces'>>((resolve) => questions.set(id, resolve));
    send({ kind: 'hashed', id, contentHash });
    const { isKnown, settledFaces } = await answer;
    questions.delete(id);
    if (isKnown) return { kind: 'known', id };
    const known = { contentHash, settled: settledFaces, pictures: keepsSquares ? pictures : null };
    return { kind: 'analyzed', id, photo: await analyzePhoto(networks, bytes, setup.options, known) };
  }

  const underWay = new Set<Promise<void>>();
  port.on('message', (message: ToWorker) => {
    switch (message.kind) {
      case 'analyze': {
        const { id } = message;
        const photo = analyze(message)
          .catch((error: unknown): FromWorker => ({ kind: 'failed', id, error: packError(error) }))
          .then(send)
          .finally(() => underWay.delete(photo));
        underWay.add(photo);
        break;
      }
      case 'answer':
        questions.get(message.id)?.(message);
        break;
      case 'close':
        // Whoever still asks gets no answer any more.
        for (const answer of questions.values()) answer({ isKnown: true, settledFaces: [] });
        // A runtime whose thread ends inside a run takes the whole process with it.
        void Promise.allSettled(underWay)
          .then(() => networks.dispose())
          .finally(() => port.close());
        break;
    }
  });
}
