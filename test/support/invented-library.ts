/** Libraries on disk that are filled as an import fills them, with the sample photos' faces and invented embeddings of the
 *  people in them: whatever is asked about such a library the real engine computes. */

import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createRandom, type Random } from '../../electron/base/random.ts';
import type { FaceId } from '../../electron/base/ids.ts';
import { closeConnection, openConnection } from '../../electron/database/file/connection.ts';
import type { AnalysisKey } from '../../electron/database/library-database.ts';
import { createLibraryStore, type LibraryStore } from '../../electron/database/store.ts';
import { defaultEffort, detectionEfforts } from '../../electron/engine/config.ts';
import { pipelineVersion } from '../../electron/pipeline/pipeline-version.ts';
import { fingerprintPack } from '../../native-models/packs/fingerprint-pack.ts';
import { readStandardManifest } from '../../native-models/packs/standard-pack.ts';
import { drawAround, drawDirection } from '../clustering/synthetic-library.ts';
import { createClock, hashOf } from '../database/library-fixture.ts';
import { readSampleFaces, samplePhotoSizes, samplesFolder, type SampleFace } from './sample-faces.ts';

export interface InventedLibraryOptions {
  /** Whether the six sample photos are in it. */
  readonly isFilled?: boolean;
  /** Every sample photo again in so many albums, a year each, its people in pieces and a few faces with the wrong one: for
   *  all that reviews clusters. */
  readonly albums?: number;
  /** People more, each with one to five faces: for long lists. */
  readonly extraPeople?: number;
  /** Whether something was learnt from the user already. */
  readonly hasLearnt?: boolean;
  /** Whether the user has read about biometric data. */
  readonly isConsentGiven?: boolean;
}

/** Average cosine similarity of two faces of one person. */
const similarity = 0.68;
const firstYear = 2012;

const sampleFaces = readSampleFaces();

/** @param photosFolder gets the photos, but for those of extra people, of whom there are too many */
export function fillInventedLibrary(folders: { libraryFolder: string; photosFolder: string }, options: InventedLibraryOptions): void {
  const connection = openConnection({ libraryFolder: folders.libraryFolder, now: createClock() });
  try {
    const store = createLibraryStore(connection);
    const filler = new LibraryFiller(store, folders.photosFolder);
    if (options.isFilled === true) filler.addSamples();
    filler.addAlbums(options.albums ?? 0);
    filler.addExtraPeople(options.extraPeople ?? 0);
    filler.cluster();
    if (options.hasLearnt === true) filler.addLearntVersion();
    if (options.isConsentGiven === true) store.writeSetting('consent.biometricData', { at: '2026-01-01T00:00:00.000Z' });
  } finally {
    closeConnection(connection);
  }
}

class LibraryFiller {
  readonly #store: LibraryStore;
  readonly #photosFolder: string;
  readonly #analysis: AnalysisKey;
  readonly #length: number;
  readonly #random: Random = createRandom(11);
  readonly #directions = new Map<string, Float32Array>();
  /** Faces by the person that the clustering takes them for. */
  readonly #clusters = new Map<string, FaceId[]>();

  constructor(store: LibraryStore, photosFolder: string) {
    const manifest = readStandardManifest();
    const { name, version, embedder } = manifest;
    this.#store = store;
    this.#photosFolder = photosFolder;
    this.#length = embedder.length;
    const packId = store.registerPack({ name, version, manifestSha256: fingerprintPack(manifest), embeddingLength: embedder.length });
    store.activatePack({ name, packId });
    this.#analysis = { packId, pipelineVersion, effort: detectionEfforts.indexOf(defaultEffort) };
  }

  addSamples(): void {
    for (const sample of samplePhotoSizes.keys()) {
      this.#addPhoto(`2019 summer/${sample}`, sample, firstYear, (face) => `sample-${face.person}`);
    }
  }

  /** The faces of a sample's person make one person for each part. */
  addAlbums(count: number): void {
    for (let album = 0; album < count; album++) {
      for (const sample of samplePhotoSizes.keys()) {
        const year = firstYear + album;
        this.#addPhoto(`album ${year}/${sample}`, sample, year, (face) => `album-${choosePart(face.person, album)}`);
      }
    }
  }

  addExtraPeople(count: number): void {
    for (let index = 0; index < count; index++) {
      for (let copy = 0; copy <= index % 5; copy++) {
        const face = sampleFaces[(index + copy * 7) % sampleFaces.length]!;
        const name = `extra/${String(index).padStart(5, '0')}-${copy}.jpg`;
        const identity = `extra-${index}`;
        this.#addPhoto(name, face.photo, firstYear, (other) => (other === face ? identity : null), identity);
      }
    }
  }

  cluster(): void {
    const clusters = [...this.#clusters.values()];
    this.#store.saveClustering({
      packId: this.#analysis.packId,
      algorithm: 'invented',
      parameters: {},
      clusters,
      assignments: clusters.flatMap((faceIds, person) => faceIds.map((faceId) => ({ faceId, person }))),
    });
  }

  addLearntVersion(): void {
    const matrix = new Float32Array(this.#length * this.#length);
    for (let at = 0; at < this.#length; at++) matrix[at * (this.#length + 1)] = 1;
    this.#store.saveProjection({
      packId: this.#analysis.packId,
      learnt: { matrix, outputLength: this.#length, distanceScale: 1 },
      report: {
        refusal: null,
        people: 7,
        faces: 212,
        labelledFaces: 212,
        heldOut: { far: 1e-3, valBefore: 0.961, valAfter: 0.984, standardError: 0.006 },
        others: { far: 1e-3, valBefore: 0.951, valAfter: 0.95, standardError: 0.004 },
        toldApart: [
          { names: ['Penny', 'Bernadette'], before: 41, after: 3 },
          { names: ['Sheldon', 'Howard'], before: 21, after: 3 },
        ],
        questionsBefore: 52,
        questionsAfter: 21,
      },
    });
  }

  /** @param personOf whom the clustering takes a face for; null where the photo does not show it
   *  @param identity who its only face is; by default whom the sample shows */
  #addPhoto(name: string, sample: string, year: number, personOf: (face: SampleFace) => string | null, identity?: string): void {
    const isWritten = identity === undefined;
    const shown = sampleFaces.filter((face) => face.photo === sample && personOf(face) !== null);
    const { faceIds } = this.#store.savePhoto(
      {
        contentHash: isWritten ? this.#writePhoto(name, sample) : hashOf(name),
        byteSize: 1000,
        format: 'jpeg',
        ...samplePhotoSizes.get(sample)!,
        captureTime: { local: `${year}-06-01T12:30:00`, offsetMinutes: null, source: 'exif' },
        location: {
          volumeKey: 'invented',
          mountPath: this.#photosFolder,
          relativePath: name,
          relativePathBytes: Uint8Array.from(Buffer.from(name)),
          byteSize: 1000,
          modifiedNs: 1_700_000_000_000_000_000n,
        },
        faces: shown.map((face) => ({
          box: face.box,
          score: face.score,
          quality: face.score * 0.9,
          landmarks: Float32Array.from(face.landmarks.flat()),
          embedding: drawAround(this.#directionOf(identity ?? String(face.person)), similarity, this.#random),
        })),
      },
      this.#analysis,
    );
    for (const [index, face] of shown.entries()) {
      const person = personOf(face)!;
      this.#clusters.set(person, [...(this.#clusters.get(person) ?? []), faceIds[index]!]);
    }
  }

  #directionOf(identity: string): Float32Array {
    const known = this.#directions.get(identity) ?? drawDirection(this.#random, this.#length);
    this.#directions.set(identity, known);
    return known;
  }

  /** The sample's picture, told from its other copies by what stands behind its end. @returns its hash */
  #writePhoto(name: string, sample: string): Uint8Array {
    const file = path.join(this.#photosFolder, name);
    const bytes = Buffer.concat([readFileSync(path.join(samplesFolder, sample)), Buffer.from(name)]);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, bytes);
    return createHash('sha256').update(bytes).digest();
  }
}

/** Most of a person's faces make one person, the others two more; now and then one falls in with somebody else. */
function choosePart(person: number, album: number): string {
  if (person % 3 === 0 && album % 5 === 3) return `${person + 1}-0`;
  return `${person}-${album % 4 === 2 ? 1 : album % 7 === 5 ? 2 : 0}`;
}
