/** The worker's side of the pool: loads the networks once, then reads and analyzes one photo after another. */

import type { MessagePort } from 'node:worker_threads';
import { createRuntime } from '../../native-models/runtime/create-runtime.ts';
import { serializeError } from '../base/errors.ts';
import { limitDecoder } from '../imaging/decode.ts';
import { fingerprint, readPhotoFile } from '../library/fingerprint.ts';
import { analyzePhoto } from './analyze-photo.ts';
import { loadNetworks, type AnalysisNetworks } from './networks.ts';
import type { FromWorker, ToWorker, WorkerSetup } from './protocol.ts';

type Answer = Extract<ToWorker, { kind: 'answer' }>;

/** Serves until the port closes. */
export async function serveAnalyzer(port: MessagePort, setup: WorkerSetup): Promise<void> {
  const send = (message: FromWorker): void => port.postMessage(message);
  limitDecoder();
  let networks: AnalysisNetworks;
  try {
    const runtime = await createRuntime(setup.runtime, { threads: 1 });
    networks = await loadNetworks(runtime, setup.pack);
    send({ kind: 'ready', runtime: runtime.name, description: runtime.description });
  } catch (error) {
    send({ kind: 'unavailable', error: serializeError(error) });
    port.close();
    return;
  }

  let receiveAnswer: ((answer: Answer) => void) | null = null;
  async function analyze(id: number, path: string | Uint8Array): Promise<FromWorker> {
    const bytes = await readPhotoFile(path);
    const contentHash = fingerprint(bytes);
    const answer = new Promise<Answer>((resolve) => (receiveAnswer = resolve));
    send({ kind: 'hashed', id, contentHash });
    const { isKnown, settledFaces } = await answer;
    if (isKnown) return { kind: 'known', id };
    return { kind: 'analyzed', id, photo: await analyzePhoto(networks, bytes, setup.options, contentHash, settledFaces) };
  }

  let lastPhoto: Promise<void> = Promise.resolve();
  port.on('message', (message: ToWorker) => {
    switch (message.kind) {
      case 'analyze': {
        const { id, path } = message;
        lastPhoto = analyze(id, path)
          .catch((error: unknown): FromWorker => ({ kind: 'failed', id, error: serializeError(error) }))
          .then(send);
        break;
      }
      case 'answer':
        receiveAnswer?.(message);
        break;
      case 'close':
        // A runtime whose thread ends inside a run takes the whole process with it.
        void lastPhoto.then(() => networks.dispose()).finally(() => port.close());
        break;
    }
  });
}
