/** The worker thread that clusters. */

import { parentPort, workerData } from 'node:worker_threads';
import { AppError } from '../base/errors.ts';
import { packError } from '../base/thread-errors.ts';
import { LibraryClustering } from './library-clustering.ts';
import type { ClustererData, ClusterOutcome, ClusterReply, ClusterRequest } from './protocol.ts';
import type { Watch } from './types.ts';

const port = parentPort;
if (port === null) throw new AppError('internal', 'Expected to run in a worker thread but received no parent');
const clustering = new LibraryClustering();

const { neighboursFolder } = workerData as ClustererData;
let last: Promise<void> = Promise.resolve();

// One after another, though some of it waits for files. Nothing more will come after null.
port.on('message', (request: ClusterRequest | null) => {
  last = last.then(() => (request === null ? port.close() : handle(request)));
});

async function handle({ requestId, options, task, cancelFlag }: ClusterRequest): Promise<void> {
  const reply = (message: ClusterReply): void => port?.postMessage(message);
  const watch: Watch = {
    onProgress: (done) => reply({ requestId, kind: 'progress', done }),
    throwIfCancelled: () => {
      if (Atomics.load(cancelFlag, 0) === 1) throw new AppError('cancelled', 'Expected to go on but received a cancel');
    },
  };
  try {
    watch.throwIfCancelled();
    const embeddingLength = task.kind === 'missing' ? task.embeddingLength : task.input.embeddingLength;
    if (neighboursFolder !== null) await clustering.restore(neighboursFolder, embeddingLength, options);
    reply({ requestId, kind: 'result', result: perform({ options, task }, watch) });
    // What is stored can be made again: it is for the next start, and nobody waits for it.
    if (neighboursFolder !== null && task.kind === 'cluster') await clustering.store(neighboursFolder).catch(() => undefined);
  } catch (error) {
    reply({ requestId, kind: 'error', error: packError(error) });
  }
}

function perform({ options, task }: Pick<ClusterRequest, 'options' | 'task'>, watch: Watch): ClusterOutcome {
  if (task.kind === 'missing') return clustering.listMissing(task.rows, task.embeddingLength, options);
  if (task.kind === 'cluster') return clustering.run(task.input, options, { scope: task.scope, watch });
  return clustering.ask(task.input, options, { suggestions: task.suggestions, inquiry: task.inquiry, watch });
}
