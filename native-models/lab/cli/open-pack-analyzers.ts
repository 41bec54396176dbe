/** Opens what an import analyzes photos with, for commands that need it without a library. */

import { workerCountDefault, type DetectionEffort } from '../../../electron/engine/config.ts';
import { openAnalyzers } from '../../../electron/pipeline/open-analyzers.ts';
import type { AnalyzerPool } from '../../../electron/pipeline/worker-pool.ts';
import { resolveAnalysis } from '../../../electron/engine/resolve-analysis.ts';
import type { Alignment, DetectorName } from '../analysis/part-names.ts';
import { startWorkersWith } from '../analysis/start-worker.ts';
import type { PackManifest } from '../../packs/manifest.ts';
import { createPackStore } from '../../packs/pack-store.ts';
import type { RuntimeName } from '../../runtime/runtime.ts';

/** What decides which faces are found, how they are told apart, and how fast. */
export interface AnalyzerChoice {
  /** A folder per model pack. */
  readonly packsFolder: string;
  /** Where what was measured of the runtimes is remembered. */
  readonly cacheFolder: string;
  readonly runtime: RuntimeName | 'auto';
  /** Undefined for the default one. */
  readonly pack?: string | undefined;
  readonly effort: DetectionEffort;
  /** The pack's network by default. */
  readonly detector?: DetectorName | undefined;
  /** "similarity" by default, which is what imports do. */
  readonly align?: Alignment | undefined;
}

export interface PackAnalyzers {
  readonly pool: AnalyzerPool;
  readonly pack: PackManifest;
}

/** @throws AppError "not-found", "model-missing", "model-mismatch", "runtime-unavailable" */
export async function openPackAnalyzers({ packsFolder, runtime, cacheFolder, pack: name, effort, detector = 'network', align = 'similarity' }: AnalyzerChoice): Promise<PackAnalyzers> {
  const chosen = name === undefined ? { effort } : { pack: name, effort };
  const { pack, options } = await resolveAnalysis(createPackStore({ packsFolder }), chosen);
  // What an import looks at photos with needs no other worker.
  const isOwn = detector === 'network' && align === 'similarity';
  const replaced = isOwn ? {} : { startWorker: startWorkersWith({ detector, align }) };
  const pool = await openAnalyzers({ ...options, ...replaced, pack, runtime, cacheFolder, workers: workerCountDefault() });
  return { pool, pack: pack.manifest };
}
