/** Opens what an import analyzes photos with, for commands that need it without a library. */

import { workerCountDefault, type DetectionEffort } from '../../../electron/engine/config.ts';
import type { Alignment } from '../../../electron/pipeline/align.ts';
import { openAnalyzers } from '../../../electron/pipeline/open-analyzers.ts';
import type { AnalyzerPool } from '../../../electron/pipeline/worker-pool.ts';
import { resolveAnalysis } from '../../../electron/engine/resolve-analysis.ts';
import { loadFaceHog } from '../hog/face-model.ts';
import type { PackManifest } from '../../packs/manifest.ts';
import { createPackStore } from '../../packs/pack-store.ts';
import type { RuntimeName } from '../../runtime/runtime.ts';
import type { DetectorName } from './detector-names.ts';

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
export async function openPackAnalyzers({ packsFolder, runtime, cacheFolder, pack: name, effort, detector, align = 'similarity' }: AnalyzerChoice): Promise<PackAnalyzers> {
  const chosen = name === undefined ? { effort } : { pack: name, effort };
  const { pack, options } = await resolveAnalysis(createPackStore({ packsFolder }), chosen);
  const detection = detector === 'hog' ? { ...options.detection, hog: loadFaceHog() } : options.detection;
  const pool = await openAnalyzers({ ...options, detection, align, pack, runtime, cacheFolder, workers: workerCountDefault() });
  return { pool, pack: pack.manifest };
}
