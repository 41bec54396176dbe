/** Starts worker threads from TypeScript source (through tsx) and from compiled output alike. */

import { Worker, type WorkerOptions } from 'node:worker_threads';

/**
 * Starts the module `name` that lies beside the calling module in a worker thread.
 * @param from `import.meta.url` of the caller
 * @param name path relative to the caller without extension, such as './worker'
 */
export function startWorker(from: string, name: string, options: WorkerOptions = {}): Worker {
  const isSource = new URL(from).pathname.endsWith('.ts');
  const url = new URL(`${name}${isSource ? '.ts' : '.js'}`, from);
  if (!isSource) return new Worker(url, options);
  // A thread's `--import tsx` is not awaited before its entry on Node 20: the entry registers tsx itself.
  const tsx = import.meta.resolve('tsx/esm/api');
  const entry = `import { register } from '${tsx}'; register(); await import('${url.href}');`;
  return new Worker(new URL(`data:text/javascript,${encodeURIComponent(entry)}`), options);
}
