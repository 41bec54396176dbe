/** Opens what an import analyzes photos with, for commands that need it without a library. */

import path from 'node:path';
import { analysisDefaults, workerCountDefault } from '../config.ts';
import { createAnalyzerPool, type AnalyzerPool } from '../pipeline/worker-pool.ts';
import { loadPack } from '../../native-models/packs/load-pack.ts';
import type { PackManifest } from '../../native-models/packs/manifest.ts';
import { readStandardManifest } from '../../native-models/packs/standard-pack.ts';
import type { RuntimeName } from '../../native-models/runtime/runtime.ts';

/** What decides about the faces that are found, and how they are told apart. */
export interface AnalyzerChoice {
  /** A folder per model pack. */
  readonly packsFolder: string;
  readonly runtime: RuntimeName | 'auto';
}

export interface Analyzers {
  readonly pool: AnalyzerPool;
  readonly pack: PackManifest;
}

/** @throws AppError "model-missing", "model-mismatch", "runtime-unavailable" */
export async function openAnalyzers({ packsFolder, runtime }: AnalyzerChoice): Promise<Analyzers> {
  const pack = readStandardManifest();
  const pool = await createAnalyzerPool({
    pack: await loadPack(pack, path.join(packsFolder, pack.name)),
    runtime,
    workers: workerCountDefault(),
    ...analysisDefaults,
  });
  return { pool, pack };
}
