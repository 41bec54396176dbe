/**
 * What frontal views of turned faces (electron/geometry/frontal-view.ts) do for telling people apart: VAL by yaw, beside the
 * similarity transform that imports align by.
 *
 *   npx tsx test/studies/frontal-view.ts [standard|classic] [<work folder>]
 *
 * Main faces of people with at least two of them, at most six a person. Thresholds are those of all pairs of strangers, each
 * way of aligning its own; a genuine pair counts in the bin of the larger yaw of its two. Standard errors are of a bootstrap
 * over people with the thresholds held.
 */

import { existsSync } from 'node:fs';
import { readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { groupBy } from '../../electron/base/group-by.ts';
import { createRandom } from '../../electron/base/random.ts';
import { isAppError } from '../../electron/base/errors.ts';
import { faceShape } from '../../electron/geometry/face-shape.ts';
import { placeHead } from '../../electron/geometry/frontal-view.ts';
import { estimatePose } from '../../electron/geometry/pose.ts';
import { squaredDistance } from '../../electron/geometry/vectors.ts';
import { decodePhoto, readImageHeader, samplePhoto, type DecodedPhoto } from '../../electron/imaging/decode.ts';
import type { SampledImage } from '../../electron/imaging/pixels.ts';
import { fitChip } from '../../electron/pipeline/align.ts';
import { embedChips } from '../../electron/pipeline/embed.ts';
import { cutFrontalChip } from '../../electron/pipeline/frontal-chip.ts';
import { loadNetworks } from '../../electron/pipeline/networks.ts';
import { readBuiltInManifests } from '../../native-models/packs/built-in-packs.ts';
import type { Template } from '../../native-models/packs/manifest.ts';
import { createRuntime } from '../../native-models/runtime/create-runtime.ts';
import { openPackStore } from '../support/packs.ts';
import { defaultWorkFolder, loadEvidence, type StudiedFace } from './face-evidence.ts';
import { lfwFolder } from './labeled-faces.ts';

type Way = 'similarity' | 'frontal' | 'unfilled';
type PackName = 'standard' | 'classic';
/** What filling the hidden side brings is asked of one pack alone, as classic's network takes several times as long. */
const waysByPack: Record<PackName, readonly Way[]> = { standard: ['similarity', 'frontal', 'unfilled'], classic: ['similarity', 'frontal'] };
const limits = { maxPixels: 1e8, maxWorkingPixels: 1e8 };
const falseAcceptRates = [1e-3, 1e-4, 1e-5];
const bins = [
  { name: 'all', from: 0, to: 180 },
  { name: '< 10', from: 0, to: 10 },
  { name: '10-20', from: 10, to: 20 },
  { name: '20-30', from: 20, to: 30 },
  { name: '> 30', from: 30, to: 180 },
];
const distances = [4, 8, 12, 20, 40, 1000];
/** Below, the frontal view is not used in the mixed way. */
const leastYaw = 15;
const bootstrapRounds = 500;

/** @returns one embedding a face and way; kept in the work folder, as that takes minutes */
async function embedFaces(pack: PackName, faces: readonly StudiedFace[], workFolder: string): Promise<Map<Way, Float32Array[]>> {
  const ways = waysByPack[pack];
  const file = path.join(workFolder, `frontal-${pack}.f32`);
  const manifest = readBuiltInManifests().find(({ name }) => name === pack)!;
  const { length } = manifest.embedder;
  if (!existsSync(file)) {
    const runtime = await createRuntime('onnx');
    const networks = await loadNetworks(runtime, await openPackStore().load(pack));
    const values = new Float32Array(faces.length * ways.length * length);
    for (const [index, face] of faces.entries()) {
      if (index % 500 === 0) console.error(`${index} of ${faces.length} faces`);
      const bytes = await readFile(face.photo);
      const photo = await decodePhoto(bytes, await readImageHeader(bytes, limits), limits);
      const chips = ways.map((way) => cutChip(way, photo, face.landmarks, manifest.embedder.template));
      const embeddings = await embedChips(networks.embedder.network, networks.embedder.manifest, chips);
      embeddings.forEach((embedding, way) => values.set(embedding, (index * ways.length + way) * length));
    }
    await networks.dispose();
    await runtime.dispose();
    await writeFile(`${file}.part`, new Uint8Array(values.buffer));
    await rename(`${file}.part`, file);
  }
  const values = new Float32Array(Uint8Array.from(await readFile(file)).buffer);
  const read = (face: number, way: number): Float32Array => values.subarray((face * ways.length + way) * length, (face * ways.length + way + 1) * length);
  return new Map(ways.map((name, way) => [name, faces.map((_, face) => read(face, way))]));
}

function cutChip(way: Way, photo: DecodedPhoto, landmarks: Float32Array, template: Template): SampledImage {
  const similarity = (): SampledImage =>
    samplePhoto(photo, fitChip(landmarks, template), { width: template.chipSizePx, height: template.chipSizePx });
  if (way === 'similarity') return similarity();
  try {
    return cutFrontalChip(photo, landmarks, template, { fillsHiddenSide: way === 'frontal' }).chip;
  } catch (error) {
    if (isAppError(error, 'degenerate-landmarks')) return similarity();
    throw error;
  }
}

interface Pair {
  readonly person: number;
  readonly yaw: number;
  readonly distance: number;
}

/** @returns all genuine pairs, and the squared distances that a share of the pairs of strangers stays below */
function measure(faces: readonly StudiedFace[], yaws: readonly number[], embeddings: readonly Float32Array[]) {
  const people = [...new Set(faces.map(({ person }) => person))];
  const numbers = faces.map(({ person }) => people.indexOf(person));
  const genuine: Pair[] = [];
  let impostors = 0;
  const near: { distance: number; yaw: number }[] = [];
  const impostorsByBin = bins.map(() => 0);
  for (let one = 0; one < faces.length; one++) {
    for (let other = 0; other < one; other++) {
      const yaw = Math.max(yaws[one]!, yaws[other]!);
      const distance = squaredDistance(embeddings[one]!, embeddings[other]!);
      if (numbers[one] === numbers[other]) {
        genuine.push({ person: numbers[one]!, yaw, distance });
        continue;
      }
      impostors += 1;
      bins.forEach(({ from, to }, at) => (impostorsByBin[at]! += yaw >= from && yaw < to ? 1 : 0));
      near.push({ distance, yaw });
      // Only the nearest decide: what is farther than the thousandth is let go now and then.
      if (near.length > 400_000) near.sort((a, b) => a.distance - b.distance).splice(60_000);
    }
  }
  near.sort((a, b) => a.distance - b.distance);
  const thresholds = falseAcceptRates.map((far) => near[Math.floor(far * impostors)]!.distance);
  const falseAccepts = bins.map(({ from, to }, at) =>
    thresholds.map((threshold) => near.filter(({ distance, yaw }) => distance < threshold && yaw >= from && yaw < to).length / impostorsByBin[at]!),
  );
  return { genuine, thresholds, falseAccepts, impostors, people: people.length };
}

type Measured = ReturnType<typeof measure>;

/** @returns VAL of the second less that of the first, with its standard error */
function compare(first: Measured, second: Measured, rate: number, { from, to }: (typeof bins)[number]): { difference: number; error: number } {
  const gains = new Float64Array(first.people);
  const counts = new Float64Array(first.people);
  first.genuine.forEach(({ person, yaw, distance }, at) => {
    if (yaw < from || yaw >= to) return;
    counts[person]! += 1;
    gains[person]! += Number(second.genuine[at]!.distance < second.thresholds[rate]!) - Number(distance < first.thresholds[rate]!);
  });
  const random = createRandom(5);
  const draw = (): number => {
    let [gain, count] = [0, 0];
    for (let at = 0; at < first.people; at++) {
      const person = Math.floor(random() * first.people);
      gain += gains[person]!;
      count += counts[person]!;
    }
    return gain / count;
  };
  const rounds = Array.from({ length: bootstrapRounds }, draw);
  const mean = rounds.reduce((sum, value) => sum + value, 0) / rounds.length;
  const total = counts.reduce((sum, count) => sum + count, 0);
  return {
    difference: gains.reduce((sum, gain) => sum + gain, 0) / total,
    error: Math.sqrt(rounds.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (rounds.length - 1)),
  };
}

function percent(share: number): string {
  return (share * 100).toFixed(2);
}

function rootMeanSquare(values: readonly number[]): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
}

async function study(pack: PackName, workFolder: string): Promise<void> {
  const main = (await loadEvidence(workFolder)).filter(({ spoiling, isMain }) => spoiling === 'none' && isMain);
  const faces = [...groupBy(main, ({ person }) => person).values()].filter((own) => own.length >= 2).flat();
  for (const distance of distances) {
    const poses = main.map(({ landmarks }) => placeHead(landmarks, distance).pose);
    const turned = poses.filter((_, index) => Math.abs(estimatePose(main[index]!.landmarks, faceShape).yaw) > 15);
    const residuals = [poses, turned].map((some) => rootMeanSquare(some.map(({ residual }) => residual)).toFixed(4));
    console.log(`camera ${distance} eye distances away: residual ${residuals[0]}, of turned faces ${residuals[1]}`);
  }
  const yaws = faces.map(({ landmarks }) => Math.abs(placeHead(landmarks).pose.yaw));
  const embeddings = await embedFaces(pack, faces, workFolder);
  const mixed = faces.map((_, index) => embeddings.get(yaws[index]! >= leastYaw ? 'frontal' : 'similarity')![index]!);
  const results = [...embeddings, ['mixed', mixed] as const].map(([way, own]) => ({ way, figures: measure(faces, yaws, own) }));
  const baseline = results[0]!.figures;
  console.log(`${pack}: ${faces.length} faces of ${baseline.people} people, ${baseline.genuine.length} genuine pairs, ${baseline.impostors} impostor pairs`);
  for (const [at, bin] of bins.entries()) {
    const count = baseline.genuine.filter(({ yaw }) => yaw >= bin.from && yaw < bin.to).length;
    console.log(`yaw ${bin.name}: ${count} genuine pairs`);
    for (const { way, figures } of results) {
      const cells = falseAcceptRates.map((far, rate) => {
        const own = figures.genuine.filter(({ yaw }) => yaw >= bin.from && yaw < bin.to);
        const val = own.filter(({ distance }) => distance < figures.thresholds[rate]!).length / own.length;
        const { difference, error } = compare(baseline, figures, rate, bin);
        return `${far}: ${percent(val)} (${percent(difference)} +- ${percent(error)}; FAR ${figures.falseAccepts[at]![rate]!.toExponential(1)})`;
      });
      console.log(`  ${way.padEnd(10)} ${cells.join('  ')}`);
    }
  }
}

if (existsSync(lfwFolder)) await study((process.argv[2] ?? 'standard') as PackName, process.argv[3] ?? defaultWorkFolder);
else console.log('skipped: no ../shared');
