/** Plans how photos are looked at and their faces compared: by a pack, as the settings and this start's options say. */

import { detectionEfforts, type DetectionEffort } from '../api/schemas.ts';
import { AppError } from '../base/errors.ts';
import type { LibraryPack } from './active-pack.ts';
import { fitClusteringTo, fitSuggestionsTo } from './config.ts';
import type { LibraryDatabase } from '../database/library-database.ts';
import type { AnalysisPlan } from '../jobs/analysis-plan.ts';
import { pipelineVersion } from '../pipeline/pipeline-version.ts';
import type { SettingsOfRecognition } from './recognition-settings.ts';
import type { AdoptedProjection } from '../terms/projection.ts';
import { fingerprintPack } from '../../native-models/packs/fingerprint-pack.ts';
import { readSameDistance } from '../../native-models/packs/manifest.ts';
import type { PackStore } from '../../native-models/packs/pack-store.ts';

export interface AnalysisPlannerOptions {
  readonly database: LibraryDatabase;
  readonly packs: PackStore;
  readonly libraryPack: LibraryPack;
  readonly settings: SettingsOfRecognition;
}

/** With the Euclidean distance of unit embeddings up to which the pack alone takes two faces for one person's. */
export type PlanOfPack = AnalysisPlan & { readonly sameDistance: number };

export class AnalysisPlanner {
  /** By pack; they change through `forgetProjections` alone. */
  readonly #projections = new Map<number, AdoptedProjection | null>();
  readonly #options: AnalysisPlannerOptions;

  constructor(options: AnalysisPlannerOptions) {
    this.#options = options;
  }

  /** For what is added to the library, or compared beside it.
   *  @param effort null for that of the settings
   *  @throws AppError "not-found" where the active pack is gone, "conflict" where the library is outdated */
  async planActive(effort: DetectionEffort | null = null): Promise<PlanOfPack> {
    const { name, packId } = await this.#options.libraryPack.readActive();
    const plan = await this.planPack(name, effort);
    if (plan.packId === packId) return plan;
    throw new AppError('conflict', `Expected the library to be of the pack ${name} as it is now but it is of an earlier one`, {
      parameters: { kind: 'pack', pack: name },
    });
  }

  /** @throws AppError "not-found" */
  async planPack(name: string, effort: DetectionEffort | null = null): Promise<PlanOfPack> {
    const manifest = await this.#options.packs.readManifest(name);
    const packId = await this.#options.libraryPack.register(manifest);
    const wanted = effort ?? (await this.#options.settings.readEffort());
    const sameDistance = readSameDistance(manifest);
    const projection = await this.#readProjection(packId);
    return {
      packId,
      sameDistance,
      // What was learnt may stretch distances: the demand is stretched with them.
      clustering: { ...fitClusteringTo(sameDistance * (projection?.distanceScale ?? 1)), projection },
      suggestions: fitSuggestionsTo(sameDistance, manifest.calibration?.best.slope ?? null),
      setup: {
        pack: name,
        packFingerprint: fingerprintPack(manifest),
        effort: wanted,
        runtime: await this.#options.settings.readRuntime(),
      },
      analysis: { packId, pipelineVersion, effort: detectionEfforts.indexOf(wanted) },
    };
  }

  /** Plans made from now on compare faces by what is adopted now. */
  forgetProjections(): void {
    this.#projections.clear();
  }

  async #readProjection(packId: number): Promise<AdoptedProjection | null> {
    const known = this.#projections.get(packId);
    if (known !== undefined) return known;
    const adopted = await this.#options.database.readAdoptedProjection(packId);
    this.#projections.set(packId, adopted);
    return adopted;
  }
}
