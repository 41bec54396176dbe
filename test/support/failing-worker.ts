/** An analyzer's worker that dies, hangs or throws on photos of certain names, and is the real one otherwise. */

import path from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import type { ToWorker, WorkerSetup } from '../../electron/pipeline/protocol.ts';
import { serveAnalyzer } from '../../electron/pipeline/serve-analyzer.ts';

if (parentPort === null) throw new Error('Expected to run in a worker thread');
parentPort.on('message', (message: ToWorker) => {
  if (message.kind !== 'analyze') return;
  switch (path.basename(message.path.toString())) {
    case 'exit.jpg':
      process.exit(3);
      break;
    case 'throw.jpg':
      throw new Error('planted');
    case 'hang.jpg':
      for (;;);
    case 'memory.jpg': {
      const kept: number[][] = [];
      for (;;) kept.push(Array.from({ length: 1_000_000 }, (_, index) => index));
    }
  }
});
await serveAnalyzer(parentPort, workerData as WorkerSetup);
