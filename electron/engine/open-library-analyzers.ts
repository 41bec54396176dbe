/** Opens what analyzes a library's photos: as a plan says, and with the machine's share that this start allows. */

import type { AppError } from '../base/errors.ts';
import { workerCountDefault } from './config.ts';
import type { EngineOptions } from './engine-options.ts';
import type { AnalyzerSetup } from '../jobs/analyzer-lease.ts';
import { openAnalyzers } from '../pipeline/open-analyzers.ts';
import type { AnalyzerPool } from '../pipeline/worker-pool.ts';
import type { SettingsOfRecognition } from './recognition-settings.ts';
import { resolveAnalysis } from './resolve-analysis.ts';
import type { PackStore } from '../../native-models/packs/pack-store.ts';
import type { RuntimeName } from '../../native-models/runtime/runtime.ts';

export interface LibraryAnalyzersOptions {
  readonly packs: PackStore;
  readonly settings: SettingsOfRecognition;
  readonly engine: EngineOptions;
  /** Where squares of faces are kept. */
  readonly picturesFolder: string;
  /** Told why a worker that analyzes photos ended by itself. */
  readonly onWorkerEnd: (error: AppError) => void;
}

/** @throws AppError "not-found", "model-missing", "model-mismatch", "runtime-unavailable" */
export async function openLibraryAnalyzers(
  { pack: name, effort, runtime }: AnalyzerSetup,
  { packs, settings, engine, picturesFolder, onWorkerEnd }: LibraryAnalyzersOptions,
): Promise<AnalyzerPool> {
  const { pack, options } = await resolveAnalysis(packs, { pack: name, effort });
  const pool = await openAnalyzers({
    ...options,
    pack,
    runtime: runtime as RuntimeName | 'auto',
    cacheFolder: engine.cacheFolder,
    picturesFolder,
    workers: engine.workers ?? workerCountDefault(),
    onWorkerEnd,
  });
  await settings.noteLastRuntime(pool.runtimeDescription);
  return pool;
}
