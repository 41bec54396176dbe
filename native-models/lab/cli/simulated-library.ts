/** Puts faces that an evaluation has found into a library of its own, and opens Kindred on it. */

import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Engine } from '../../../electron/engine/engine.ts';
import { followJob } from '../../../electron/terminal/follow-job.ts';
import { AppError } from '../../../electron/base/errors.ts';
import type { Projection } from '../../../electron/terms/projection.ts';
import { detectionEfforts, type DetectionEffort } from '../../../electron/engine/config.ts';
import { openLibraryDatabase } from '../../../electron/database/thread/open-library-database.ts';
import type { NewPhoto } from '../../../electron/database/library-database.ts';
import { pipelineVersion } from '../../../electron/pipeline/pipeline-version.ts';
import { nameFace, type DrawnLibrary } from '../evaluation/effort/draw-library.ts';
import type { GrowingLibrary } from '../evaluation/effort/evaluate-learning.ts';
import type { LabeledFaces } from '../evaluation/labeled-faces.ts';
import { fingerprintPack } from '../../packs/fingerprint-pack.ts';
import type { PackManifest } from '../../packs/manifest.ts';
import type { CommandContext } from '../../../electron/cli/command-runner.ts';
import { KindredLibrary } from './kindred-library.ts';


export interface SimulatedPack {
  readonly manifest: PackManifest;
  readonly effort: DetectionEffort;
}

/** Landmarks are for looking at a face again, which nobody does here: five at the middle of the box stand for them. */
const landmarkCount = 5;

/** The photos themselves are not needed: all that a clustering and a user's actions read is stored. Closing takes the library
 *  away.
 *  @throws AppError as opening a library does */
export async function openSimulatedLibrary(context: CommandContext, pack: SimulatedPack, drawn: DrawnLibrary): Promise<GrowingLibrary> {
  const libraryFolder = await mkdtemp(path.join(tmpdir(), 'kindred-effort-'));
  const simulated = new SimulatedLibrary(context, pack, libraryFolder);
  try {
    await simulated.grow(drawn.photos);
    return simulated;
  } catch (error) {
    await simulated.close();
    throw error;
  }
}

class SimulatedLibrary implements GrowingLibrary {
  readonly #context: CommandContext;
  readonly #pack: SimulatedPack;
  readonly #folder: string;
  readonly #faceIds = new Map<string, string>();
  #engine: Engine | null = null;

  constructor(context: CommandContext, pack: SimulatedPack, folder: string) {
    this.#context = context;
    this.#pack = pack;
    this.#folder = folder;
  }

  get library(): KindredLibrary {
    return new KindredLibrary(this.#requireEngine().api, this.#faceIds);
  }

  async grow(photos: readonly LabeledFaces[]): Promise<void> {
    await this.#leave();
    const ids = await fillLibrary(this.#folder, this.#pack, photos);
    for (const [name, id] of ids) this.#faceIds.set(name, id);
    const { environment, folders } = this.#context;
    this.#engine = await environment.openEngine({ ...folders, libraryFolder: this.#folder, continuesSwitch: false });
    await this.#engine.api.call('people.reclusterAll', {});
  }

  async learn(): ReturnType<GrowingLibrary['learn']> {
    const { api } = this.#requireEngine();
    const startedMs = performance.now();
    const job = await followJob(api, async () => (await api.call('learning.start', {})).jobId);
    const seconds = (performance.now() - startedMs) / 1000;
    const summary = job?.kind === 'learn' ? job.summary : null;
    // The matrix crosses no API: it is read where it lies.
    await this.#leave();
    const projection = await readAdopted(this.#folder);
    await this.grow([]);
    return { projection, refusal: summary?.refusal ?? null, seconds };
  }

  async countQuestions(): Promise<number> {
    return (await this.#requireEngine().api.call('review.list', { limit: 1 })).questionsLeft;
  }

  readonly close = async (): Promise<void> => {
    await this.#leave();
    await rm(this.#folder, { recursive: true, force: true });
  };

  async #leave(): Promise<void> {
    const engine = this.#engine;
    this.#engine = null;
    await engine?.close();
  }

  #requireEngine(): Engine {
    if (this.#engine !== null) return this.#engine;
    throw new AppError('internal', 'Expected an open library but received one that is closed');
  }
}

async function readAdopted(libraryFolder: string): Promise<Projection | null> {
  const database = await openLibraryDatabase({ libraryFolder });
  try {
    const active = await database.readActivePack();
    return active === null ? null : await database.readAdoptedProjection(active.packId);
  } finally {
    await database.close();
  }
}

/** Stores what an import would.
 *  @returns ids by the names of the faces */
async function fillLibrary(libraryFolder: string, { manifest, effort }: SimulatedPack, photos: readonly LabeledFaces[]): Promise<Map<string, string>> {
  const database = await openLibraryDatabase({ libraryFolder });
  try {
    const { name, version, embedder } = manifest;
    const packId = await database.registerPack({
      name,
      version,
      manifestSha256: fingerprintPack(manifest),
      embeddingLength: embedder.length,
    });
    await database.activatePack({ name, packId });
    const analysis = { packId, pipelineVersion, effort: detectionEfforts.indexOf(effort) };
    const ids = new Map<string, string>();
    for (const photo of photos) {
      const { faceIds } = await database.savePhoto(toNewPhoto(photo), analysis);
      faceIds.forEach((faceId, index) => ids.set(nameFace(photo.photo, index), faceId));
    }
    return ids;
  } finally {
    await database.close();
  }
}

function toNewPhoto({ photo, width, height, faces }: LabeledFaces): NewPhoto {
  return {
    contentHash: createHash('sha256').update(photo).digest(),
    byteSize: 0,
    format: 'jpeg',
    width,
    height,
    captureTime: null,
    location: null,
    faces: faces.map(({ box, score, quality, embedding }) => ({
      box,
      score,
      quality,
      embedding,
      landmarks: Float32Array.from({ length: 2 * landmarkCount }, (_, at) =>
        at % 2 === 0 ? box.x + box.width / 2 : box.y + box.height / 2,
      ),
    })),
  };
}
