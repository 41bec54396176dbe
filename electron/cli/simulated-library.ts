/** Puts faces that an evaluation has found into a library of its own, and opens Kindred on it. */

import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { detectionEfforts, type DetectionEffort } from '../config.ts';
import { openLibraryDatabase } from '../database/open-library-database.ts';
import type { NewPhoto } from '../database/library-database.ts';
import { pipelineVersion } from '../pipeline/types.ts';
import { nameFace, type DrawnLibrary } from '../../native-models/evaluation/effort/draw-library.ts';
import type { LabelledLibrary } from '../../native-models/evaluation/effort/labelled-library.ts';
import type { LabeledFaces } from '../../native-models/evaluation/labeled-faces.ts';
import { fingerprintPack } from '../../native-models/packs/fingerprint-pack.ts';
import type { PackManifest } from '../../native-models/packs/manifest.ts';
import type { CommandContext } from './command-runner.ts';
import { KindredLibrary } from './kindred-library.ts';

export interface SimulatedLibrary {
  readonly library: LabelledLibrary;
  /** Takes the library away. */
  close(): Promise<void>;
}

export interface SimulatedPack {
  readonly manifest: PackManifest;
  readonly effort: DetectionEffort;
}

/** Landmarks are for looking at a face again, which nobody does here: five at the middle of the box stand for them. */
const landmarkCount = 5;

/** The photos themselves are not needed: all that a clustering and a user's actions read is stored.
 *  @throws AppError as opening a library does */
export async function openSimulatedLibrary(
  { environment, folders }: CommandContext,
  pack: SimulatedPack,
  drawn: DrawnLibrary,
): Promise<SimulatedLibrary> {
  const libraryFolder = await mkdtemp(path.join(tmpdir(), 'kindred-effort-'));
  try {
    const faceIds = await fillLibrary(libraryFolder, pack, drawn);
    const engine = await environment.openEngine({ ...folders, libraryFolder, continuesSwitch: false });
    const close = async (): Promise<void> => {
      await engine.close();
      await rm(libraryFolder, { recursive: true, force: true });
    };
    try {
      await engine.api.call('people.reclusterAll', {});
    } catch (error) {
      await engine.close();
      throw error;
    }
    return { library: new KindredLibrary(engine.api, faceIds), close };
  } catch (error) {
    await rm(libraryFolder, { recursive: true, force: true });
    throw error;
  }
}

/** Stores what an import would.
 *  @returns ids by the names of the faces */
async function fillLibrary(libraryFolder: string, { manifest, effort }: SimulatedPack, drawn: DrawnLibrary): Promise<Map<string, string>> {
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
    for (const photo of drawn.photos) {
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
