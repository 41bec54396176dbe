/** Opens the analyzers on the runtime that was asked for, or with `auto` on the fastest that is right on this machine. */

import { findRuntimes } from '../../native-models/runtime/measure-runtimes.ts';
import type { RuntimeName } from '../../native-models/runtime/runtime.ts';
import { rankRuntimes, type RuntimeTable } from '../../native-models/runtime/runtime-table.ts';
import { AppError } from '../base/errors.ts';
import { createAnalyzerPool, type AnalyzerPool, type AnalyzerPoolOptions } from './worker-pool.ts';

export interface OpenAnalyzersOptions extends Omit<AnalyzerPoolOptions, 'runtime'> {
  readonly runtime: RuntimeName | 'auto';
  /** Where `auto` remembers what it measured; without it, it measures every time. */
  readonly cacheFolder?: string | undefined;
  /** Replaced where a test brings a table. */
  readonly findRuntimes?: () => Promise<RuntimeTable>;
}

/** @throws AppError "runtime-unavailable" where no runtime works, and with the name of a runtime what createAnalyzerPool throws */
export async function openAnalyzers({ runtime, cacheFolder, ...options }: OpenAnalyzersOptions): Promise<AnalyzerPool> {
  if (runtime !== 'auto') return createAnalyzerPool({ ...options, runtime });
  const { pack } = options;
  const remembering = cacheFolder === undefined ? {} : { cacheFolder };
  const table = await (options.findRuntimes?.() ?? findRuntimes({ pack, ...remembering }));
  const reasons = new Map(table.runtimes.flatMap(({ name, reason }) => (reason === null ? [] : [[name, reason] as const])));
  for (const name of rankRuntimes(table, options.workers)) {
    try {
      return await createAnalyzerPool({ ...options, runtime: name });
    } catch (error) {
      // It worked when it was measured; whatever has changed since, the next best still serves.
      reasons.set(name, error instanceof Error ? error.message : String(error));
    }
  }
  const listed = [...reasons].map(([name, reason]) => `${name}: ${reason}`).join('; ');
  throw new AppError('runtime-unavailable', `Expected a runtime that works but found none (${listed})`, {
    parameters: { reasons: listed },
  });
}
