/** The pack by whose embeddings a library's faces are compared.
 *
 *  [Note: active pack] A library's faces are compared by one pack at a time, its active one, which is a row of `packs`: a
 *  name with a fingerprint. It changes in one place, at the end of a switch (jobs/switch-pack.ts), once every photo has
 *  been looked at. Where a newer Kindred brings the same pack with another fingerprint, the library is outdated: nothing
 *  is imported before a switch has brought it to what the pack is now. */

import { detectionEfforts, type DetectionEffort, type Status } from '../api/schemas.ts';
import { isAppError, serializeError } from '../base/errors.ts';
import { defaultPack } from './config.ts';
import type { ActivePack, LibraryDatabase } from '../database/library-database.ts';
import { pipelineVersion } from '../pipeline/pipeline-version.ts';
import { requireReady } from './require-ready.ts';
import { fingerprintPack } from '../../native-models/packs/fingerprint-pack.ts';
import type { PackManifest } from '../../native-models/packs/manifest.ts';
import type { PackStore } from '../../native-models/packs/pack-store.ts';

export class LibraryPack {
  readonly #database: LibraryDatabase;
  readonly #packs: PackStore;

  constructor(database: LibraryDatabase, packs: PackStore) {
    this.#database = database;
    this.#packs = packs;
  }

  /** A library that has none yet begins with the default pack. */
  async readActive(): Promise<ActivePack> {
    const stored = await this.#database.readActivePack();
    if (stored !== null) return stored;
    const manifest = await this.#packs.readManifest(defaultPack);
    const active = { name: manifest.name, packId: await this.register(manifest) };
    await this.#database.activatePack(active);
    return active;
  }

  /** See [Note: active pack].
   *  @throws AppError where the active pack is gone or its manifest cannot be read: it cannot be looked at again with */
  async isOutdated(): Promise<boolean> {
    const active = await this.readActive();
    return (await this.#database.findPack(identify(await this.#packs.readManifest(active.name)))) !== active.packId;
  }

  /** @returns why the active pack cannot look at photos, null where it can */
  async findProblem(): Promise<Status['packProblem']> {
    const { name } = await this.readActive();
    try {
      requireReady(name, await this.#packs.glance(name));
      return null;
    } catch (error) {
      if (!isAppError(error)) throw error;
      return serializeError(error);
    }
  }

  /** @returns photos that a pack has not looked at so thoroughly */
  async countPending(manifest: PackManifest, effort: DetectionEffort): Promise<number> {
    const packId = await this.#database.findPack(identify(manifest));
    if (packId === null) return (await this.#database.countLibrary()).photos;
    return await this.#database.countPendingPhotos({ packId, pipelineVersion, effort: detectionEfforts.indexOf(effort) });
  }

  /** @returns the number of the pack's row, which a pack of the same fingerprint has already */
  register(manifest: PackManifest): Promise<number> {
    return this.#database.registerPack({ ...identify(manifest), embeddingLength: manifest.embedder.length });
  }
}

function identify(manifest: PackManifest) {
  return { name: manifest.name, version: manifest.version, manifestSha256: fingerprintPack(manifest) };
}
