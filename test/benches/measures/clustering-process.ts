/** Clusters invented faces in a process of its own, so that its memory is theirs: a part of the clustering bench. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createRandom } from '../../../electron/base/random.ts';
import type { FaceId, PersonId } from '../../../electron/base/ids.ts';
import { createClusterer } from '../../../electron/clustering/create-clusterer.ts';
import { LibraryClustering } from '../../../electron/clustering/library-clustering.ts';
import { unknownDay } from '../../../electron/terms/capture-day.ts';
import type { ClusteredPerson, ClusteringInput } from '../../../electron/terms/clustering-input.ts';
import { fitClusteringTo, fitSuggestionsTo } from '../../../electron/engine/config.ts';
import { openLibraryDatabase } from '../../../electron/database/thread/open-library-database.ts';
import { LibraryClusterer } from '../../../electron/jobs/cluster-library.ts';
import { scorePartition } from '../../../native-models/lab/evaluation/bcubed.ts';
import { readSameDistance } from '../../../native-models/packs/manifest.ts';
import { readStandardManifest } from '../../../native-models/packs/standard-pack.ts';
import { hashOf, makeFace, makeLocation, makePhoto } from '../../database/library-fixture.ts';
import { readPeakMemory } from './peak-memory.mjs';
import { drawEmbeddings, drawPeople } from './synthetic-faces.ts';

export interface ClusteringRequest {
  readonly faces: number;
  /** Through database and worker thread, as the product does it, or the clustering alone. */
  readonly isBare: boolean;
  readonly seed: number;
}

/** Seconds; null for what a bare clustering does not have. */
export interface ClusteringCosts {
  readonly full: number;
  readonly foldIn: number;
  readonly confirm: number | null;
  readonly review: number;
  readonly questionsLeft: number;
  readonly clusters: number;
  readonly bCubed: { readonly precision: number; readonly recall: number; readonly f: number };
  readonly peakBytes: number;
}

/** 100 photos of three faces. */
const newFaces = 300;
const facesOfPhoto = 3;
const length = 512;

const manifest = readStandardManifest();
const sameDistance = readSameDistance(manifest);
const options = fitClusteringTo(sameDistance);
const suggestions = fitSuggestionsTo(sameDistance, manifest.calibration?.best.slope ?? null);
const everything = { kind: 'questions', limit: 20, personId: null, skipped: [], includeOpen: false } as const;

async function time<Value>(work: () => Promise<Value> | Value): Promise<{ seconds: number; value: Value }> {
  const startedMs = performance.now();
  const value = await work();
  return { seconds: (performance.now() - startedMs) / 1000, value };
}

async function measureBare({ faces, seed }: ClusteringRequest): Promise<ClusteringCosts> {
  const people = drawPeople(faces + newFaces, facesOfPhoto, createRandom(seed));
  const clustering = new LibraryClustering();
  const bring = (from: number, to: number): Float32Array => drawEmbeddings(people.subarray(from, to), seed + from + 1);
  const first = makeInput(faces, bring(0, faces), []);
  const full = await time(() => clustering.run(first, options, { scope: 'settled' }));
  const { clusters } = full.value;
  const later = makeInput(faces + newFaces, bring(faces, faces + newFaces), clusters);
  const foldIn = await time(() => clustering.run(later, options, { scope: 'everybody' }));
  const asked = { ...later, embeddings: new Float32Array(0) };
  const review = await time(() => clustering.ask(asked, options, { suggestions, inquiry: everything }));
  const { questionsLeft } = review.value as { questionsLeft: number };
  return {
    full: full.seconds,
    foldIn: foldIn.seconds,
    confirm: null,
    review: review.seconds,
    questionsLeft,
    ...describe(people, clusters.map((cluster) => cluster.map(Number))),
    peakBytes: readPeakMemory(),
  };
}

function makeInput(count: number, embeddings: Float32Array, clusters: readonly (readonly FaceId[])[]): ClusteringInput {
  const personIndices = new Int32Array(count).fill(-1);
  clusters.forEach((cluster, person) => {
    for (const face of cluster) personIndices[Number(face)] = person;
  });
  return {
    faceIds: Array.from({ length: count }, (_, face) => String(face) as FaceId),
    embeddingLength: length,
    embeddingRows: Float64Array.from({ length: count }, (_, face) => face),
    embeddings,
    qualities: new Float32Array(count).fill(0.9),
    photoIndices: Int32Array.from({ length: count }, (_, face) => Math.floor(face / facesOfPhoto)),
    personIndices,
    confirmed: new Uint8Array(count),
    captureDays: new Int32Array(count).fill(unknownDay),
    people: clusters.map((_, person): ClusteredPerson => ({
      id: String(person) as PersonId,
      isHeld: false,
      name: null,
      isIgnored: false,
      bornDay: null,
    })),
    rejections: [],
    leftOpen: [],
  };
}

function describe(people: Int32Array, clusters: readonly (readonly number[])[]): Pick<ClusteringCosts, 'clusters' | 'bCubed'> {
  const found: string[] = [];
  clusters.forEach((cluster, index) => {
    for (const face of cluster) found[face] = String(index);
  });
  const { bCubed } = scorePartition([...people.subarray(0, found.length)].map(String), found);
  return { clusters: clusters.length, bCubed };
}

async function measureLibrary({ faces, seed }: ClusteringRequest): Promise<ClusteringCosts> {
  const libraryFolder = await mkdtemp(path.join(tmpdir(), 'kindred-bench-library-'));
  const database = await openLibraryDatabase({ libraryFolder });
  const clusterer = new LibraryClusterer({ database, clusterer: createClusterer({ neighboursFolder: path.join(libraryFolder, 'neighbours') }), now: Date.now });
  try {
    const people = drawPeople(faces + newFaces, facesOfPhoto, createRandom(seed));
    const packId = await database.registerPack({ name: 'standard', version: '1', manifestSha256: 'a'.repeat(64), embeddingLength: length });
    const pack = { packId, clustering: options, suggestions };
    const faceIds: FaceId[] = [];
    const add = async (from: number, to: number): Promise<void> => {
      for (let start = from; start < to; start += facesOfPhoto) {
        const shown = people.subarray(start, Math.min(to, start + facesOfPhoto));
        const embeddings = drawEmbeddings(shown, seed + start + 1);
        const own = Array.from(shown, (_, at) =>
          makeFace(at, { quality: 0.9, embedding: embeddings.slice(at * length, (at + 1) * length) }));
        const photo = makePhoto(`p${start}`, 0, { contentHash: hashOf(`p${start}`), location: makeLocation(`p${start}.jpg`), faces: own });
        faceIds.push(...(await database.savePhoto(photo, { packId, pipelineVersion: 1, effort: 1 })).faceIds);
      }
    };
    await add(0, faces);
    const full = await time(() => clusterer.cluster(pack));
    const { people: largest } = await database.listPeople({ offset: 0, limit: 1000, filter: 'all', text: '' });
    const { input, clusters } = await readClusters(database, packId, new Map(faceIds.map((id, face) => [id, face])));
    await add(faces, faces + newFaces);
    const foldIn = await time(() => clusterer.foldIn(pack));
    const confirmMs: number[] = [];
    for (const { coverFaceId } of largest.slice(0, 50)) {
      confirmMs.push((await time(() => database.act('faces.confirm', { faceIds: [coverFaceId!] }))).seconds);
    }
    const review = await time(() => clusterer.ask(pack, everything));
    return {
      full: full.seconds,
      foldIn: foldIn.seconds,
      confirm: confirmMs.sort((one, other) => one - other)[Math.floor(confirmMs.length / 2)] ?? null,
      review: review.seconds,
      questionsLeft: review.value.questionsLeft,
      ...describe(people.subarray(0, input), clusters),
      peakBytes: readPeakMemory(),
    };
  } finally {
    await clusterer.close();
    await database.close();
    await rm(libraryFolder, { recursive: true, force: true });
  }
}

async function readClusters(
  database: Awaited<ReturnType<typeof openLibraryDatabase>>,
  packId: number,
  indices: ReadonlyMap<FaceId, number>,
): Promise<{ input: number; clusters: number[][] }> {
  const input = await database.readClusteringInput(packId);
  const clusters: number[][] = input.people.map(() => []);
  input.faceIds.forEach((id, face) => clusters[input.personIndices[face]!]!.push(indices.get(id)!));
  return { input: input.faceIds.length, clusters };
}

process.once('message', (request: ClusteringRequest) => {
  const measured = request.isBare ? measureBare(request) : measureLibrary(request);
  measured.then(
    (costs) => process.send?.(costs, () => process.exit(0)),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
