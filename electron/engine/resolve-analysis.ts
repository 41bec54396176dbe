/** Turns the names that a command line gives, a pack's and an effort's, into what photos are analyzed with; no library. */

import type { DetectionEffort } from '../api/schemas.ts';
import { defaultEffort, defaultPack, fitAnalysisTo } from './config.ts';
import type { LoadedPack } from '../../native-models/packs/load-pack.ts';
import { readSameDistance } from '../../native-models/packs/manifest.ts';
import type { PackStore } from '../../native-models/packs/pack-store.ts';

export interface ResolvedAnalysis {
  readonly pack: LoadedPack;
  /** Euclidean distance of unit embeddings up to which two faces are taken for one person's. */
  readonly sameDistance: number;
  readonly options: ReturnType<typeof fitAnalysisTo>;
}

/** @throws AppError "not-found" for a pack that nobody knows, "model-missing", "model-mismatch" */
export async function resolveAnalysis(
  packs: PackStore,
  { pack: name = defaultPack, effort = defaultEffort }: { pack?: string; effort?: DetectionEffort } = {},
): Promise<ResolvedAnalysis> {
  const pack = await packs.load(name);
  return { pack, sameDistance: readSameDistance(pack.manifest), options: fitAnalysisTo(effort) };
}
