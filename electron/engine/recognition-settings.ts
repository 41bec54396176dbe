/** The settings of recognition: how thoroughly photos are looked at, and what runs the networks. */

import { detectionEfforts, type DetectionEffort, type RecognitionSettings } from '../api/schemas.ts';
import { AppError } from '../base/errors.ts';
import { defaultEffort } from './config.ts';
import type { LibraryDatabase } from '../database/library-database.ts';
import { runtimeNames, type RuntimeName } from '../../native-models/runtime/runtime.ts';

const runtimeChoices = ['auto', ...runtimeNames] as const;
export type RuntimeChoice = (typeof runtimeChoices)[number];

const runtimeSetting = 'recognition.runtime';
const effortSetting = 'recognition.effort';
const lastRuntimeSetting = 'runtime.lastUsed';

export class SettingsOfRecognition {
  readonly #database: LibraryDatabase;
  readonly #overridingRuntime: RuntimeChoice | undefined;

  /** @param overridingRuntime holds for this start, whatever the library's setting is */
  constructor(database: LibraryDatabase, overridingRuntime?: RuntimeName | 'auto') {
    this.#database = database;
    this.#overridingRuntime = overridingRuntime;
  }

  async read(): Promise<RecognitionSettings> {
    return {
      runtime: await this.#readStoredRuntime(),
      runtimeChoices: [...runtimeChoices],
      isRuntimeOverridden: this.#overridingRuntime !== undefined,
      effort: await this.readEffort(),
    };
  }

  /** @throws AppError "bad-argument" */
  async change({ runtime, effort }: { runtime?: string | undefined; effort?: DetectionEffort | undefined }): Promise<void> {
    if (runtime !== undefined) {
      if (!isRuntimeChoice(runtime)) {
        throw new AppError('bad-argument', `Expected one of ${runtimeChoices.join(', ')} for runtime but received ${runtime}`, {
          parameters: { field: 'runtime' },
        });
      }
      await this.#database.writeSetting(runtimeSetting, runtime);
    }
    if (effort !== undefined) await this.#database.writeSetting(effortSetting, effort);
  }

  async readEffort(): Promise<DetectionEffort> {
    const stored = await this.#database.readSetting(effortSetting);
    return detectionEfforts.find((effort) => effort === stored) ?? defaultEffort;
  }

  /** What is to run the networks from now on. */
  async readRuntime(): Promise<RuntimeChoice> {
    return this.#overridingRuntime ?? (await this.#readStoredRuntime());
  }

  /** What ran the networks last, for people; null where nothing has. */
  async readLastRuntime(): Promise<string | null> {
    const stored = await this.#database.readSetting(lastRuntimeSetting);
    return typeof stored === 'string' ? stored : null;
  }

  async noteLastRuntime(description: string): Promise<void> {
    await this.#database.writeSetting(lastRuntimeSetting, description);
  }

  async #readStoredRuntime(): Promise<RuntimeChoice> {
    const stored = await this.#database.readSetting(runtimeSetting);
    return isRuntimeChoice(stored) ? stored : 'auto';
  }
}

function isRuntimeChoice(value: unknown): value is RuntimeChoice {
  return runtimeChoices.some((choice) => choice === value);
}
