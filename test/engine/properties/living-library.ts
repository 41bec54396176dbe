/** A library on disk that is imported into, clustered, switched and reopened, with the real database and clustering. */

import type { FaceId, PersonId, PhotoId } from '../../../electron/base/ids.ts';
import type { Random } from '../../../electron/base/random.ts';
import { LibraryClustering } from '../../../electron/clustering/library-clustering.ts';
import { fitClusteringTo } from '../../../electron/engine/config.ts';
import { openConnection, type Connection } from '../../../electron/database/file/connection.ts';
import type { AnalysisKey, ClusteringOutcome } from '../../../electron/database/library-database.ts';
import { createLibraryStore, type LibraryStore } from '../../../electron/database/store.ts';
import { createClock, hashOf, makeFolder } from '../../database/library-fixture.ts';
import { embeddingLength, lookAt, packNames, PhotoInventor, type InventedPhoto, type PackIndex } from './invented-photos.ts';

/** Of unit embeddings: 0.55 in cosine similarity, where people have 0.8 and strangers 0.25 around 0. */
const sameDistance = 0.95;

interface KnownPhoto {
  readonly photo: InventedPhoto;
  /** By pack: raised when the photo is looked at anew. */
  readonly pipelineVersions: [number, number];
}

export class LivingLibrary {
  store!: LibraryStore;
  connection!: Connection;
  readonly #folder = makeFolder();
  readonly #clock = createClock();
  readonly #inventor: PhotoInventor;
  readonly #photos: KnownPhoto[] = [];
  #packIds: [number, number] = [0, 0];
  #pack: PackIndex = 0;
  #clustering = new LibraryClustering();

  constructor(seed: number) {
    this.#inventor = new PhotoInventor(seed);
    this.#open();
    this.store.activatePack({ name: packNames[0], packId: this.#packIds[0] });
  }

  #open(): void {
    this.connection = openConnection({ libraryFolder: this.#folder.path, now: this.#clock });
    this.store = createLibraryStore(this.connection);
    const [one, other] = packNames.map((name) =>
      this.store.registerPack({ name, version: '1.0.0', manifestSha256: name.padEnd(64, '0'), embeddingLength }),
    );
    this.#packIds = [one!, other!];
    this.#pack = this.store.readActivePack()?.packId === other ? 1 : 0;
    this.#clustering = new LibraryClustering();
  }

  reopen(): void {
    this.store.close();
    this.#open();
  }

  remove(): void {
    this.store.close();
    this.#folder.remove();
  }

  /** Imports new photos. */
  import(count: number, random: Random): void {
    for (let index = 0; index < count; index++) {
      const photo = this.#inventor.invent(`photo ${this.#photos.length}`, random);
      this.#photos.push({ photo, pipelineVersions: [1, 1] });
      this.store.savePhoto(lookAt(photo, this.#pack), this.#analysisOf(this.#photos.length - 1, this.#pack));
    }
  }

  /** Looks anew at a photo, as a newer pipeline would; it finds all faces but those at `missed`. */
  lookAgain(index: number, missed: ReadonlySet<number>): void {
    const { photo, pipelineVersions } = this.#photos[index]!;
    pipelineVersions[this.#pack] += 1;
    const settled = this.store.listSettledFaces(hashOf(photo.name));
    this.store.savePhoto(lookAt(photo, this.#pack, { missed, settled }), this.#analysisOf(index, this.#pack));
  }

  get photoCount(): number {
    return this.#photos.length;
  }

  /** The files of a folder are gone from there. */
  lose(folder: string): void {
    this.store.markUnseen({ volumeKey: 'volume-one', relativePath: folder }, this.store.startScan());
  }

  /** They are back. */
  importAgain(): void {
    this.#photos.forEach(({ photo }, index) =>
      this.store.savePhoto(lookAt(photo, this.#pack), this.#analysisOf(index, this.#pack)),
    );
  }

  /** Looks at photos with the other pack. @param share of the photos; with all of them the pack is active from then on */
  switchPack(share: number): void {
    const other: PackIndex = this.#pack === 0 ? 1 : 0;
    this.#photos.slice(0, Math.ceil(this.#photos.length * share)).forEach(({ photo }, index) => {
      const settled = this.store.listSettledFaces(hashOf(photo.name));
      this.store.savePhoto({ ...lookAt(photo, other, { settled }), location: null }, this.#analysisOf(index, other));
    });
    if (share < 1) return;
    this.#pack = other;
    this.store.activatePack({ name: packNames[other], packId: this.#packIds[other] });
  }

  #analysisOf(index: number, pack: PackIndex): AnalysisKey {
    return { packId: this.#packIds[pack], pipelineVersion: this.#photos[index]!.pipelineVersions[pack], effort: 1 };
  }

  /** @param scope "settled" compares all faces anew, "everybody" folds in those without a person */
  computeClustering(scope: 'settled' | 'everybody'): ClusteringOutcome | null {
    const packId = this.#packIds[this.#pack];
    const faces = this.store.readClusteringInput(packId);
    if (faces.faceIds.length === 0) return null;
    const options = fitClusteringTo(sameDistance);
    const missing = this.#clustering.listMissing(faces.embeddingRows, faces.embeddingLength, options);
    const rows = Float64Array.from(missing, (face) => faces.embeddingRows[face]!);
    const input = { ...faces, embeddings: this.store.readEmbeddings(packId, rows) };
    return { packId, ...this.#clustering.run(input, options, { scope }) };
  }

  /** @returns how many faces the database refused to move: none, where nobody acted in the meantime */
  cluster(scope: 'settled' | 'everybody'): number {
    const outcome = this.computeClustering(scope);
    return outcome === null ? 0 : this.store.saveClustering(outcome).left;
  }

  /** Faces that a clustering has to put somewhere, and the cluster and the person that each is with. */
  listPlaces(): { faceId: FaceId; person: PersonId | null; isInCluster: boolean }[] {
    const input = this.store.readClusteringInput(this.#packIds[this.#pack]);
    const clusters = this.store.readClusters(input.faceIds);
    return input.faceIds.map((faceId, index) => ({
      faceId,
      person: input.people[input.personIndices[index]!]?.id ?? null,
      isInCluster: clusters[index] !== null,
    }));
  }

  /** Two people who look alike: the one that a face is with, and that of the face most like it elsewhere.
   *  @param draw 0 to 1, says which face */
  findLookalikes(draw: number): [PersonId, PersonId] | null {
    const packId = this.#packIds[this.#pack];
    const { faceIds, embeddingRows, personIndices, people } = this.store.readClusteringInput(packId);
    const embeddings = this.store.readEmbeddings(packId, embeddingRows);
    const face = Math.floor(draw * faceIds.length);
    let [best, bestSimilarity] = [-1, -Infinity];
    for (let other = 0; other < faceIds.length; other++) {
      if (personIndices[other]! < 0 || personIndices[other] === personIndices[face]) continue;
      let similarity = 0;
      for (let at = 0; at < embeddingLength; at++) {
        similarity += embeddings[face * embeddingLength + at]! * embeddings[other * embeddingLength + at]!;
      }
      if (similarity > bestSimilarity) [best, bestSimilarity] = [other, similarity];
    }
    const [one, two] = [people[personIndices[face] ?? -1], people[personIndices[best] ?? -1]];
    return one === undefined || two === undefined ? null : [one.id, two.id];
  }

  /** In an order that does not depend on ids, which differ from run to run. */
  listIds(): { people: PersonId[]; shownPeople: PersonId[]; faces: FaceId[]; photos: PhotoId[] } {
    const read = <Id>(sql: string) => this.connection.db.prepare<[], Id>(sql).pluck().all();
    return {
      people: read<PersonId>('SELECT uuid FROM people ORDER BY id'),
      shownPeople: read<PersonId>('SELECT uuid FROM people WHERE face_count > 0 AND is_ignored = 0 ORDER BY id'),
      faces: read<FaceId>('SELECT uuid FROM faces ORDER BY id'),
      photos: read<PhotoId>('SELECT uuid FROM photos ORDER BY id'),
    };
  }
}
