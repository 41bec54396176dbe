/** Starts worker threads and processes from TypeScript source (through tsx) and from compiled output alike. */

import { fork, type ChildProcess, type ForkOptions } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Worker, type WorkerOptions } from 'node:worker_threads';

/**
 * Starts the module `name` that lies beside the calling module in a worker thread.
 * @param from `import.meta.url` of the caller
 * @param name path relative to the caller without extension, such as './worker'
 */
export function startWorker(from: string, name: string, options: WorkerOptions = {}): Worker {
  const { url, isSource } = findModule(from, name);
  if (!isSource) return new Worker(url, options);
  // A thread's `--import tsx` is not awaited before its entry on Node 20: the entry registers tsx itself.
  const tsx = import.meta.resolve('tsx/esm/api');
  const entry = `import { register } from '${tsx}'; register(); await import('${url.href}');`;
  return new Worker(new URL(`data:text/javascript,${encodeURIComponent(entry)}`), options);
}

/**
 * Starts the module `name` that lies beside the calling module in a process of its own, as Node even under Electron.
 * Messages may carry typed arrays.
 * @param from `import.meta.url` of the caller
 * @param name path relative to the caller without extension, such as './worker'
 */
export function startProcess(from: string, name: string, options: ForkOptions = {}): ChildProcess {
  const { url, isSource } = findModule(from, name);
  const execArgv = isSource ? ['--import', import.meta.resolve('tsx')] : [];
  return fork(fileURLToPath(url), { serialization: 'advanced', execArgv, ...options });
}

function findModule(from: string, name: string): { url: URL; isSource: boolean } {
  const isSource = new URL(from).pathname.endsWith('.ts');
  return { url: new URL(`${name}${isSource ? '.ts' : '.js'}`, from), isSource };
}
