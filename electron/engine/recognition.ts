/** What a library's photos are looked at with: pack, effort and runtime, as its settings and this start's options say.
 *
 *  [Note: active pack] A library's faces are compared by one pack at a time, its active one, which is a row of `packs`: a
 *  name with a fingerprint. It changes in one place, at the end of a switch (jobs/switch-pack.ts), once every photo has
 *  been looked at. Where a newer Kindred brings the same pack with another fingerprint, the library is outdated: nothing
 *  is imported before a switch has brought it to what the pack is now. */

import { detectionEfforts, type DetectionEffort, type RecognitionSettings, type Status } from '../api/schemas.ts';
import { AppError, isAppError, serializeError } from '../base/errors.ts';
import { defaultEffort, defaultPack, fitClusteringTo, fitSuggestionsTo, workerCountDefault } from './config.ts';
import type { ActivePack, LibraryDatabase } from '../database/library-database.ts';
import type { AdoptedProjection } from '../terms/projection.ts';
import type { EngineOptions } from './engine-options.ts';
import type { AnalysisPlan } from '../jobs/analysis-plan.ts';
import { AnalyzerLease, type AnalyzerSetup } from '../jobs/analyzer-lease.ts';
import { openAnalyzers } from '../pipeline/open-analyzers.ts';
import { pipelineVersion } from '../pipeline/pipeline-version.ts';
import type { AnalyzerPool } from '../pipeline/worker-pool.ts';
import { requireReady } from './require-ready.ts';
import { resolveAnalysis } from './resolve-analysis.ts';
import { fingerprintPack } from '../../native-models/packs/fingerprint-pack.ts';
import { readSameDistance, type PackManifest } from '../../native-models/packs/manifest.ts';
import type { PackStore } from '../../native-models/packs/pack-store.ts';
import { runtimeNames, type RuntimeName } from '../../native-models/runtime/runtime.ts';

const runtimeChoices = ['auto', ...runtimeNames] as const;
type RuntimeChoice = (typeof runtimeChoices)[number];

const runtimeSetting = 'recognition.runtime';
const effortSetting = 'recognition.effort';
const lastRuntimeSetting = 'runtime.lastUsed';

export interface RecognitionOptions {
  readonly database: LibraryDatabase;
  readonly packs: PackStore;
  readonly engine: EngineOptions;
  /** Where squares of faces are kept. */
  readonly picturesFolder: string;
  /** Told why a worker that analyzes photos ended by itself. */
  readonly onWorkerEnd?: (error: AppError) => void;
}

export class Recognition {
  readonly analyzers: AnalyzerLease;
  /** By pack; they change through `forgetProjections` alone. */
  readonly #projections = new Map<number, AdoptedProjection | null>();
  readonly #options: RecognitionOptions;

  constructor(options: RecognitionOptions) {
    this.#options = options;
    this.analyzers = new AnalyzerLease((setup) => this.#openAnalyzers(setup));
  }

  /** A library that has none yet begins with the default pack. */
  async readActivePack(): Promise<ActivePack> {
    const { database, packs } = this.#options;
    const stored = await database.readActivePack();
    if (stored !== null) return stored;
    const manifest = await packs.readManifest(defaultPack);
    const active = { name: manifest.name, packId: await this.#register(manifest) };
    await database.activatePack(active);
    return active;
  }

  /** See [Note: active pack].
   *  @throws AppError where the active pack is gone or its manifest cannot be read: it cannot be looked at again with */
  async isOutdated(): Promise<boolean> {
    const { database, packs } = this.#options;
    const active = await this.readActivePack();
    return (await database.findPack(describe(await packs.readManifest(active.name)))) !== active.packId;
  }

  /** @returns why the active pack cannot look at photos, null where it can */
  async findPackProblem(): Promise<Status['packProblem']> {
    const { name } = await this.readActivePack();
    try {
      requireReady(name, await this.#options.packs.glance(name));
      return null;
    } catch (error) {
      if (!isAppError(error)) throw error;
      return serializeError(error);
    }
  }

  /** For what is added to the library, or compared beside it.
   *  @param effort null for that of the settings
   *  @throws AppError "not-found" where the active pack is gone, "conflict" where the library is outdated */
  async planActive(effort: DetectionEffort | null = null): Promise<AnalysisPlan & { readonly sameDistance: number }> {
    const { name, packId } = await this.readActivePack();
    const plan = await this.planPack(name, effort);
    if (plan.packId === packId) return plan;
    throw new AppError('conflict', `Expected the library to be of the pack ${name} as it is now but it is of an earlier one`, {
      parameters: { kind: 'pack', pack: name },
    });
  }

  /** @throws AppError "not-found" */
  async planPack(
    name: string,
    effort: DetectionEffort | null = null,
  ): Promise<AnalysisPlan & { readonly sameDistance: number }> {
    const manifest = await this.#options.packs.readManifest(name);
    const packId = await this.#register(manifest);
    const wanted = effort ?? (await this.#readEffort());
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
        runtime: this.#options.engine.runtime ?? (await this.#readRuntime()),
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

  /** @returns photos that the pack has not looked at as the settings want it */
  async countPending(manifest: PackManifest): Promise<number> {
    const { database } = this.#options;
    const packId = await database.findPack(describe(manifest));
    if (packId === null) return (await database.countLibrary()).photos;
    return await database.countPendingPhotos({
      packId,
      pipelineVersion,
      effort: detectionEfforts.indexOf(await this.#readEffort()),
    });
  }

  async readSettings(): Promise<RecognitionSettings> {
    return {
      runtime: await this.#readRuntime(),
      runtimeChoices: [...runtimeChoices],
      isRuntimeOverridden: this.#options.engine.runtime !== undefined,
      effort: await this.#readEffort(),
    };
  }

  /** @throws AppError "bad-argument" */
  async changeSettings({ runtime, effort }: { runtime?: string | undefined; effort?: DetectionEffort | undefined }): Promise<void> {
    const { database } = this.#options;
    if (runtime !== undefined) {
      if (!isRuntimeChoice(runtime)) {
        throw new AppError('bad-argument', `Expected one of ${runtimeChoices.join(', ')} for runtime but received ${runtime}`, {
          parameters: { field: 'runtime' },
        });
      }
      await database.writeSetting(runtimeSetting, runtime);
    }
    if (effort !== undefined) await database.writeSetting(effortSetting, effort);
  }

  /** What ran the networks last, for people; null where nothing has. */
  async readLastRuntime(): Promise<string | null> {
    const stored = await this.#options.database.readSetting(lastRuntimeSetting);
    return typeof stored === 'string' ? stored : null;
  }

  async #readRuntime(): Promise<RuntimeChoice> {
    const stored = await this.#options.database.readSetting(runtimeSetting);
    return isRuntimeChoice(stored) ? stored : 'auto';
  }

  async #readEffort(): Promise<DetectionEffort> {
    const stored = await this.#options.database.readSetting(effortSetting);
    return detectionEfforts.find((effort) => effort === stored) ?? defaultEffort;
  }

  #register(manifest: PackManifest): Promise<number> {
    return this.#options.database.registerPack({ ...describe(manifest), embeddingLength: manifest.embedder.length });
  }

  async #openAnalyzers({ pack: name, effort, runtime }: AnalyzerSetup): Promise<AnalyzerPool> {
    const { database, packs, engine } = this.#options;
    const { pack, options } = await resolveAnalysis(packs, { pack: name, effort });
    const pool = await openAnalyzers({
      ...options,
      pack,
      runtime: runtime as RuntimeName | 'auto',
      cacheFolder: engine.cacheFolder,
      picturesFolder: this.#options.picturesFolder,
      workers: engine.workers ?? workerCountDefault(),
      onWorkerEnd: this.#options.onWorkerEnd,
    });
    await database.writeSetting(lastRuntimeSetting, pool.runtimeDescription);
    return pool;
  }
}

function describe(manifest: PackManifest) {
  return { name: manifest.name, version: manifest.version, manifestSha256: fingerprintPack(manifest) };
}

function isRuntimeChoice(value: unknown): value is RuntimeChoice {
  return runtimeChoices.some((choice) => choice === value);
}
