/** Opens what an import analyzes photos with, for commands that need it without a library. */

import path from 'node:path';
import { fitAnalysisTo, workerCountDefault, type DetectionEffort } from '../config.ts';
import { openAnalyzers } from '../pipeline/open-analyzers.ts';
import type { AnalyzerPool } from '../pipeline/worker-pool.ts';
import { loadPack } from '../../native-models/packs/load-pack.ts';
import type { PackManifest } from '../../native-models/packs/manifest.ts';
import { readStandardManifest } from '../../native-models/packs/standard-pack.ts';
import type { RuntimeName } from '../../native-models/runtime/runtime.ts';

/** What decides which faces are found, how they are told apart, and how fast. */
export interface AnalyzerChoice {
  /** A folder per model pack. */
  readonly packsFolder: string;
  /** Where what was measured of the runtimes is remembered. */
  readonly cacheFolder: string;
  readonly runtime: RuntimeName | 'auto';
  readonly effort: DetectionEffort;
}

export interface PackAnalyzers {
  readonly pool: AnalyzerPool;
  readonly pack: PackManifest;
}

/** @throws AppError "model-missing", "model-mismatch", "runtime-unavailable" */
export async function openPackAnalyzers(choice: AnalyzerChoice): Promise<PackAnalyzers> {
  const pack = readStandardManifest();
  const pool = await openAnalyzers({
    pack: await loadPack(pack, path.join(choice.packsFolder, pack.name)),
    runtime: choice.runtime,
    cacheFolder: choice.cacheFolder,
    workers: workerCountDefault(),
    ...fitAnalysisTo(choice.effort),
  });
  return { pool, pack };
}
