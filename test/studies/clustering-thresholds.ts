/**
 * Chooses the clustering's thresholds on one half of the people of Labeled Faces in the Wild and tests them on the other.
 *
 *   kindred import ../shared/faces/lfw-dev --library <library>
 *   kindred faces --embeddings --library <library> > faces.jsonl
 *   npx tsx test/studies/clustering-thresholds.ts faces.jsonl [<folder per person>] [<pack>]
 *
 * Faces of another pack than the standard one come from test/studies/analyze-photos.ts.
 */

import { existsSync } from 'node:fs';
import type { FaceId } from '../../electron/base/ids.ts';
import { createRandom } from '../../electron/base/random.ts';
import { LibraryClustering } from '../../electron/clustering/library-clustering.ts';
import { type ClusteringOptions } from '../../electron/clustering/types.ts';
import { unknownDay } from '../../electron/terms/capture-day.ts';
import type { ClusteringInput } from '../../electron/terms/clustering-input.ts';
import { fitClusteringTo } from '../../electron/engine/config.ts';
import { scorePartition, type PartitionScores } from '../../native-models/lab/evaluation/bcubed.ts';
import { capPhotos, listLabeledPhotos, type LabeledPhoto } from '../../native-models/lab/evaluation/people-folder.ts';
import { readBuiltInManifests } from '../../native-models/packs/built-in-packs.ts';
import { readSameDistance } from '../../native-models/packs/manifest.ts';
import { drawPeople, findMainFaces, lfwFolder, readFoundFaces, type FoundFace } from './labeled-faces.ts';

/** Of the distance in the pack's manifest. */
const distanceShares = [0.85, 0.9, 0.94, 0.96, 0.98, 0.99, 1, 1.01, 1.02, 1.04, 1.06, 1.1, 1.15];

/** People of whom there are more photos are shown by so many: else a dozen statesmen decide about everybody. */
const mostPhotosOfOne = 6;

interface Evidence {
  readonly photos: readonly LabeledPhoto[];
  readonly mainFaces: ReadonlyMap<LabeledPhoto, FoundFace | null>;
  readonly byPhoto: ReadonlyMap<string, readonly FoundFace[]>;
}

function score(evidence: Evidence, photos: readonly LabeledPhoto[], options: ClusteringOptions): PartitionScores {
  // All faces take part, those in the background too, but only main faces have a known answer.
  const faces = photos.flatMap((photo) => evidence.byPhoto.get(photo.path) ?? []);
  const { clusters } = new LibraryClustering().run(toInput(faces), options, { scope: 'settled' });
  const clusterOf = new Map(clusters.flatMap((members, index) => members.map((id) => [id as string, index] as const)));
  return scorePartition(
    photos.map(({ person }) => person),
    photos.map((photo) => clusterOf.get(evidence.mainFaces.get(photo)?.id ?? '') ?? null),
  );
}

function toInput(faces: readonly FoundFace[]): ClusteringInput {
  const embeddingLength = faces[0]!.embedding!.length;
  const photos = new Map<string, number>();
  for (const { photo } of faces) if (!photos.has(photo)) photos.set(photo, photos.size);
  const embeddings = new Float32Array(faces.length * embeddingLength);
  faces.forEach(({ embedding }, index) => embeddings.set(embedding!, index * embeddingLength));
  return {
    faceIds: faces.map(({ id }) => id as FaceId),
    embeddingLength,
    embeddingRows: Float64Array.from(faces, (_, face) => face),
    embeddings,
    captureDays: new Int32Array(faces.length).fill(unknownDay),
    qualities: Float32Array.from(faces, ({ quality }) => quality ?? 0),
    photoIndices: Int32Array.from(faces, ({ photo }) => photos.get(photo)!),
    personIndices: new Int32Array(faces.length).fill(-1),
    confirmed: new Uint8Array(faces.length),
    people: [],
    rejections: [],
    leftOpen: [],
  };
}

function describeScores({ bCubed, pairwise, clusters, singletons }: PartitionScores): string {
  const four = (value: number): string => value.toFixed(4);
  return (
    `B-cubed P ${four(bCubed.precision)} R ${four(bCubed.recall)} F ${four(bCubed.f)}  ` +
    `pairs P ${four(pairwise.precision)} R ${four(pairwise.recall)}  clusters ${clusters} singletons ${singletons}`
  );
}

/**
 * Says how often faces of two people's photos come closer than `maxDistance`, by their quality: among faces of like
 * quality, and against good ones. What is too blurred to tell people apart resembles what is blurred likewise.
 */
function printConfusionByQuality(evidence: Evidence, maxDistance: number): void {
  const personOf = new Map(evidence.photos.map(({ path: photo, person }) => [photo, person]));
  // Somebody often photographed stands in the background of others' photos too: no strangers.
  const faces = capPhotos(evidence.photos, mostPhotosOfOne).flatMap(({ path: photo }) => evidence.byPhoto.get(photo) ?? []);
  const limits = [0, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 1];
  const draw = (from: number, to: number): FoundFace[] => {
    const within = faces.filter(({ quality }) => (quality ?? 0) >= from && (quality ?? 0) < to);
    const step = Math.max(1, Math.ceil(within.length / 400));
    return within.filter((_, index) => index % step === 0);
  };
  const good = draw(0.6, 1);
  const countClose = (ones: readonly FoundFace[], others: readonly FoundFace[]): string => {
    let pairs = 0;
    let close = 0;
    for (const one of ones) {
      for (const other of others) {
        if (personOf.get(one.photo) === personOf.get(other.photo)) continue;
        let squares = 0;
        one.embedding!.forEach((value, at) => (squares += (value - other.embedding![at]!) ** 2));
        pairs += 1;
        if (squares <= maxDistance ** 2) close += 1;
      }
    }
    return `${(close / pairs).toExponential(1)} of ${pairs}`;
  };
  limits.slice(0, -1).forEach((from, index) => {
    const ones = draw(from, limits[index + 1]!);
    console.log(
      `quality ${from} to ${limits[index + 1]}  ${ones.length} faces  strangers closer than ${maxDistance}: ` +
        `among themselves ${countClose(ones, ones)}, against good ones ${countClose(ones, good)}`,
    );
  });
  console.log('');
}

/** Scores every value on the half to tune on, and the best one on the half to test on. */
function tune(
  name: keyof ClusteringOptions,
  values: readonly number[],
  options: ClusteringOptions,
  halves: readonly [readonly LabeledPhoto[], readonly LabeledPhoto[]],
  evidence: Evidence,
): void {
  let best = { value: Number.NaN, f: 0 };
  const take = (value: number): ClusteringOptions => {
    const taken = { ...options, [name]: value };
    return { ...taken, maxAttachDistance: Math.min(taken.maxAttachDistance, taken.maxDistance) };
  };
  for (const value of values) {
    const scores = score(evidence, halves[0], take(value));
    if (scores.bCubed.f > best.f) best = { value, f: scores.bCubed.f };
    console.log(`tuned half   ${name} ${value}  ${describeScores(scores)}`);
  }
  const tested = score(evidence, halves[1], take(best.value));
  console.log(`tested half  ${name} ${best.value}  ${describeScores(tested)}\n`);
}

async function study(facesFile: string, folder: string, pack: string): Promise<void> {
  const faces = await readFoundFaces(facesFile);
  const seen = new Set(faces.map(({ photo }) => photo));
  // A study of a part of the people names no others.
  const photos = (await listLabeledPhotos(folder)).filter(({ path: photo }) => seen.has(photo));
  const byPhoto = new Map<string, FoundFace[]>();
  for (const face of faces) byPhoto.set(face.photo, [...(byPhoto.get(face.photo) ?? []), face]);
  const evidence = { photos, mainFaces: await findMainFaces(photos, faces), byPhoto };
  const missed = [...evidence.mainFaces.values()].filter((face) => face === null).length;
  console.log(`${photos.length} photos, ${faces.length} faces, main face missed in ${missed}\n`);

  const random = createRandom(7);
  const people = [...new Set(photos.map(({ person }) => person))];
  const tunedPeople = new Set(people.filter(() => random() < 0.5));
  const halves = [
    capPhotos(photos.filter(({ person }) => tunedPeople.has(person)), mostPhotosOfOne),
    capPhotos(photos.filter(({ person }) => !tunedPeople.has(person)), mostPhotosOfOne),
  ] as const;
  // The distance is the pack's; the study chooses it first, with every face a seed.
  const same = readSameDistance(readBuiltInManifests().find(({ name }) => name === pack)!);
  const round = (value: number): number => Number(value.toFixed(3));
  const start = fitClusteringTo(same);
  printConfusionByQuality(evidence, start.maxDistance);
  const everySeed = { ...start, minSeedQuality: 0 };
  tune('maxDistance', distanceShares.map((share) => round(share * same)), everySeed, halves, evidence);
  tune('minSeedQuality', [0, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5], start, halves, evidence);
  tune('maxAttachDistance', [0.86, 0.91, 0.96, 0.98, 1].map((share) => round(share * same)), start, halves, evidence);
  for (const maxDistance of [0.99, 1, 1.01].map((share) => round(share * same))) {
    const options = { ...start, maxDistance, maxAttachDistance: Math.min(start.maxAttachDistance, maxDistance) };
    const capped = describeScores(score(evidence, capPhotos(photos, mostPhotosOfOne), options));
    console.log(`everybody, at most ${mostPhotosOfOne} photos, ${maxDistance}  ${capped}`);
    console.log(`everybody, all photos, ${maxDistance}        ${describeScores(score(evidence, photos, options))}`);
  }
  console.log('');
  for (const maxNeighbours of [4, 16, 128, 1024]) {
    const scores = describeScores(score(evidence, photos, { ...start, maxNeighbours }));
    console.log(`everybody, all photos, lists of ${maxNeighbours}  ${scores}`);
  }
  console.log('');
  for (const seed of [1, 2, 3, 4, 5]) {
    console.log(`300 people, seed ${seed}  ${describeScores(score(evidence, drawPeople(photos, 300, seed), start))}`);
  }
}

const [facesFile, folder = lfwFolder, pack = 'standard'] = process.argv.slice(2);
if (facesFile === undefined) {
  console.error('Expected the output of kindred faces --embeddings');
  process.exitCode = 2;
} else if (!existsSync(folder)) {
  console.log('skipped: no ../shared');
} else {
  await study(facesFile, folder, pack);
}
