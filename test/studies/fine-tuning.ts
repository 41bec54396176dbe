/**
 * Fine-tunes the embedder of a pack by triplets on Labeled Faces in the Wild, and measures what it does for people who were
 * neither learnt from nor chosen by.
 *
 *   npx tsx test/studies/fine-tuning.ts --pack classic [--kept 29] --grid <recipes.json>    a line of JSON a recipe
 *   npx tsx test/studies/fine-tuning.ts --pack classic --final <recipe.json> [--parts 0,1,2,3] [--out <folder>]
 *
 * `--out` makes a pack of the model that the first part did not take part in, for kindred packs add.
 *
 * [Note: parts] People are dealt into four parts at random. One is the test part, which no grid looks at. The other three are
 * dealt again into five: a recipe learns from four of these and is judged on the fifth, in as many rotations as are asked
 * for. A final model learns from all five for as many steps as the grid found best, and is then tested.
 *
 * What the layers that never change make of every chip is computed once and kept in the work folder, for four versions of
 * it: as it is, mirrored, and spoiled twice (blurred, compressed or shrunk and enlarged again, half of them mirrored).
 */

import { existsSync } from 'node:fs';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import sharp from 'sharp';
import { createRandom, type Random } from '../../electron/base/random.ts';
import { describePackFacts } from '../../native-models/lab/cli/pack-facts.ts';
import { fitClusteringTo } from '../../electron/engine/config.ts';
import { evaluateClustering } from '../../native-models/lab/evaluation/evaluate-clustering.ts';
import type { LabeledEmbeddings } from '../../electron/learning/verification/face-pairs.ts';
import { drawValidationRates, measureVerification } from '../../electron/learning/verification/verification.ts';
import type { LoadedPack } from '../../native-models/packs/load-pack.ts';
import { readSameDistance } from '../../native-models/packs/manifest.ts';
import { createRuntime } from '../../native-models/runtime/create-runtime.ts';
import { createPackNetwork, type PackNetwork } from '../../native-models/lab/training/pack-network.ts';
import { describeTrainedPack, writeTrainedPack } from '../../native-models/lab/training/trained-pack.ts';
import { selectTriplets, type NegativeRule, type PositiveRule } from '../../electron/learning/triplets/select-triplets.ts';
import { squaredDistancesOf, tripletLoss } from '../../native-models/lab/training/steps/triplet-loss.ts';
import { openPackStore } from '../support/packs.ts';
import { defaultChipFolder, loadAlignedChips, type AlignedChips, type ChipPack } from './aligned-chips.ts';
import { lfwFolder } from './labeled-faces.ts';

interface Recipe {
  readonly name: string;
  /** Layers that stay as they are; no fewer than are kept in the work folder. */
  readonly frozenLayers: number;
  readonly learningRate: number;
  readonly optimizer: 'adam' | 'adagrad';
  readonly margin: number;
  readonly negatives: NegativeRule;
  readonly positives: PositiveRule;
  /** Versions that are learnt from, see above. */
  readonly versions: readonly number[];
  /** What is held near what it was before: nothing, every embedding, or the distances of every two faces of a batch. */
  readonly keep: 'nothing' | 'embeddings' | 'distances';
  readonly keepWeight: number;
  /** Whether half the people of a batch are the likest of the other half. */
  readonly hasLookalikes: boolean;
  readonly steps: number;
  readonly seed: number;
}

const defaults: Omit<Recipe, 'name' | 'frozenLayers'> = {
  learningRate: 3e-4,
  optimizer: 'adam',
  margin: 0.2,
  negatives: 'semi-hard',
  positives: 'all',
  versions: [0, 1, 2, 3],
  keep: 'embeddings',
  keepWeight: 1,
  hasLookalikes: false,
  steps: 200,
  seed: 1,
};

const falseAcceptRates = [1e-3, 1e-4, 1e-5];
const peopleOfBatch = 40;
const facesOfPerson = 4;
const facesOfBatch = 200;
/** Of a person, to learn from. */
const mostPhotosLearnt = 20;
/** Of a person, to be measured on. */
const mostPhotosMeasured = 6;
const stepsBetweenMeasures = 150;
const versionCount = 4;
const spoiledVersion = 3;

// Parts.

interface Face {
  /** Index of the chip. */
  readonly chip: number;
  readonly person: string;
}

function dealPeople(people: Iterable<string>, parts: number, seed: number): string[][] {
  const random = createRandom(seed);
  const ranked = [...new Set(people)].map((person) => ({ person, rank: random() })).sort((one, other) => one.rank - other.rank);
  return Array.from({ length: parts }, (_, part) => ranked.filter((_entry, index) => index % parts === part).map(({ person }) => person));
}

function takeFaces(chips: AlignedChips, people: Iterable<string>, mostPhotos: number): Face[] {
  const taken = new Set(people);
  const counts = new Map<string, number>();
  return chips.people.flatMap((person, chip) => {
    const count = (counts.get(person) ?? 0) + 1;
    counts.set(person, count);
    return taken.has(person) && count <= mostPhotos ? [{ chip, person }] : [];
  });
}

// Chips and what the layers that stay make of them.

async function spoilChip(chip: Uint8Array, side: number, random: Random): Promise<Uint8Array> {
  const raw = { width: side, height: side, channels: 3 } as const;
  const image = sharp(chip, { raw });
  const strength = random();
  const draw = random();
  if (draw < 1 / 3) return image.blur((side / 112) * (0.6 + 2.4 * strength)).raw().toBuffer();
  if (draw < 2 / 3) return sharp(await image.jpeg({ quality: Math.round(35 - 28 * strength) }).toBuffer()).raw().toBuffer();
  const small = Math.round(56 - 34 * strength);
  const shrunk = await image.resize(small, small, { fit: 'fill' }).raw().toBuffer();
  return sharp(shrunk, { raw: { width: small, height: small, channels: 3 } }).resize(side, side, { fit: 'fill', kernel: 'cubic' }).raw().toBuffer();
}

function mirrorChip(chip: Uint8Array, side: number): Uint8Array {
  const mirrored = new Uint8Array(chip.length);
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      const from = (row * side + column) * 3;
      mirrored.set(chip.subarray(from, from + 3), (row * side + side - 1 - column) * 3);
    }
  }
  return mirrored;
}

async function makeVersion(chip: Uint8Array, side: number, version: number, random: Random): Promise<Uint8Array> {
  if (version === 0) return chip;
  if (version === 1) return mirrorChip(chip, side);
  const spoiled = await spoilChip(chip, side, random);
  return random() < 0.5 ? mirrorChip(spoiled, side) : spoiled;
}

interface FrozenFaces {
  /** Numbers of one face. */
  readonly length: number;
  /** Without the faces. */
  readonly shape: readonly number[];
  /** By version: [chips, length] */
  readonly versions: readonly Float32Array[];
}

const chipsAtOnce = 32;

async function loadFrozen(name: string, network: PackNetwork, chips: AlignedChips, workFolder: string): Promise<FrozenFaces> {
  const probe = tf.tidy(() => network.computeFrozen(tf.zeros([1, chips.sizePx, chips.sizePx, 3])).shape);
  const shape = probe.slice(1);
  const length = shape.reduce((product, size) => product * size, 1);
  const versions: Float32Array[] = [];
  for (let version = 0; version < versionCount; version++) {
    const file = path.join(workFolder, `${name}-${version}.f32`);
    if (!existsSync(file)) await computeVersion(network, chips, version, file);
    const bytes = await readFile(file);
    versions.push(new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4));
  }
  return { length, shape, versions };
}

async function computeVersion(network: PackNetwork, chips: AlignedChips, version: number, file: string): Promise<void> {
  const { sizePx, people, pixels } = chips;
  const random = createRandom(100 + version);
  const area = sizePx * sizePx * 3;
  const target = await open(`${file}.part`, 'w');
  for (let start = 0; start < people.length; start += chipsAtOnce) {
    const count = Math.min(chipsAtOnce, people.length - start);
    const batch = new Float32Array(count * area);
    for (let index = 0; index < count; index++) {
      const chip = pixels.subarray((start + index) * area, (start + index + 1) * area);
      batch.set(await makeVersion(chip, sizePx, version, random), index * area);
    }
    const values = tf.tidy(() => network.computeFrozen(tf.tensor4d(batch, [count, sizePx, sizePx, 3])).dataSync<'float32'>());
    await target.write(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }
  await target.close();
  await rename(`${file}.part`, file);
}

// Training.

interface Student {
  readonly network: PackNetwork;
  readonly frozen: FrozenFaces;
  readonly isMirrored: boolean;
}

function gather({ length, shape, versions }: FrozenFaces, faces: readonly { readonly chip: number; readonly version: number }[]): tf.Tensor {
  const values = new Float32Array(faces.length * length);
  faces.forEach(({ chip, version }, index) => values.set(versions[version]!.subarray(chip * length, (chip + 1) * length), index * length));
  return tf.tensor(values, [faces.length, ...shape]);
}

/** @returns [faces, dims], unit vectors of the chips as they are, or of one spoiled version of them */
function embedAll({ network, frozen, isMirrored }: Student, chips: readonly number[], isSpoiled = false): Float32Array {
  const embeddings = new Float32Array(chips.length * network.dims);
  for (let start = 0; start < chips.length; start += 128) {
    const part = chips.slice(start, start + 128);
    const embed = (version: number): tf.Tensor2D => network.embedFrozen(gather(frozen, part.map((chip) => ({ chip, version }))));
    const values = tf.tidy(() => {
      if (isSpoiled) return embed(spoiledVersion).dataSync<'float32'>();
      const one = embed(0);
      if (!isMirrored) return one.dataSync<'float32'>();
      // Of unit vectors, where the product adds what the network gives: norms of mirror images differ by a per cent or two.
      const sum = tf.add(one, embed(1));
      return tf.div(sum, tf.norm(sum, 2, 1, true)).dataSync<'float32'>();
    });
    embeddings.set(values, start * network.dims);
  }
  return embeddings;
}

interface Measure {
  /** At falseAcceptRates, per cent. */
  readonly val: readonly number[];
  /** The same where every second photo is spoiled. */
  readonly spoiledVal: readonly number[];
}

const measuring = { metric: 'euclidean', falseAcceptRates, bootstrapRounds: 0, seed: 1 } as const;

function label(student: Student, faces: readonly Face[], areHalfSpoiled: boolean): LabeledEmbeddings {
  const length = student.network.dims;
  const chips = faces.map(({ chip }) => chip);
  const embeddings = embedAll(student, chips);
  if (areHalfSpoiled) {
    const spoiled = embedAll(student, chips, true);
    for (let index = 1; index < faces.length; index += 2) embeddings.set(spoiled.subarray(index * length, (index + 1) * length), index * length);
  }
  return { embeddings, length, people: faces.map(({ person }) => person) };
}

function measure(student: Student, faces: readonly Face[]): Measure {
  const read = (labeled: LabeledEmbeddings): number[] => measureVerification(labeled, measuring).rates.map(({ val }) => 100 * val);
  return { val: read(label(student, faces, false)), spoiledVal: read(label(student, faces, true)) };
}

interface Batch {
  readonly chips: readonly number[];
  readonly people: Int32Array;
}

interface Learnt {
  readonly faces: readonly Face[];
  readonly byPerson: readonly (readonly number[])[];
  /** Indices of people of whom there are two photos or more. */
  readonly eligible: readonly number[];
  /** By person, for batches with lookalikes: the eligible others, the likest first. */
  readonly likest: readonly (readonly number[])[];
  readonly originals: Float32Array;
}

function prepareLearnt(student: Student, faces: readonly Face[], hasLookalikes: boolean): Learnt {
  const names = [...new Set(faces.map(({ person }) => person))];
  const byPerson = names.map((): number[] => []);
  const indices = new Map(names.map((name, index) => [name, index]));
  faces.forEach(({ person, chip }) => byPerson[indices.get(person)!]!.push(chip));
  const eligible = names.flatMap((_, person) => (byPerson[person]!.length >= 2 ? [person] : []));
  const most = Math.max(...faces.map(({ chip }) => chip)) + 1;
  const { dims } = student.network;
  const originals = new Float32Array(most * dims);
  const chips = faces.map(({ chip }) => chip);
  const embeddings = embedAll(student, chips);
  chips.forEach((chip, index) => originals.set(embeddings.subarray(index * dims, (index + 1) * dims), chip * dims));
  return { faces, byPerson, eligible, likest: hasLookalikes ? rankLikest({ byPerson, eligible, originals }, dims) : [], originals };
}

function rankLikest({ byPerson, eligible, originals }: Pick<Learnt, 'byPerson' | 'eligible' | 'originals'>, dims: number): number[][] {
  const means = eligible.map((person) => {
    const mean = new Float32Array(dims);
    for (const chip of byPerson[person]!) for (let at = 0; at < dims; at++) mean[at]! += originals[chip * dims + at]! / byPerson[person]!.length;
    return mean;
  });
  const likest: number[][] = byPerson.map(() => []);
  eligible.forEach((person, index) => {
    const ranked = eligible.map((other, at) => ({ other, likeness: at === index ? -Infinity : means[at]!.reduce((sum, value, k) => sum + value * means[index]![k]!, 0) }));
    likest[person] = ranked.sort((one, other) => other.likeness - one.likeness).slice(0, 10).map(({ other }) => other);
  });
  return likest;
}

function drawBatch({ byPerson, eligible, faces, likest }: Learnt, random: Random, hasLookalikes: boolean): Batch {
  const draw = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)]!;
  const chosen = new Set<number>();
  while (chosen.size < Math.min(peopleOfBatch, eligible.length)) {
    const person = draw(eligible);
    chosen.add(person);
    if (hasLookalikes) chosen.add(draw(likest[person]!));
  }
  const chips: number[] = [];
  const people: number[] = [];
  const taken = new Set<number>();
  for (const person of chosen) {
    const own = byPerson[person]!.map((chip) => ({ chip, rank: random() })).sort((one, other) => one.rank - other.rank);
    for (const { chip } of own.slice(0, facesOfPerson)) {
      chips.push(chip);
      people.push(person);
      taken.add(chip);
    }
  }
  // The rest are strangers, of whom one photo serves as well as several.
  const personOf = new Map(byPerson.flatMap((own, person) => own.map((chip) => [chip, person] as const)));
  while (chips.length < facesOfBatch) {
    const { chip } = draw(faces);
    if (taken.has(chip) || chosen.has(personOf.get(chip)!)) continue;
    taken.add(chip);
    chips.push(chip);
    people.push(personOf.get(chip)!);
  }
  return { chips, people: Int32Array.from(people) };
}

interface Curve {
  readonly steps: readonly number[];
  readonly measures: readonly Measure[];
  readonly losses: readonly number[];
}

/** Trains `student` and measures it on `judged` on the way, where there are any. */
function train(student: Student, recipe: Recipe, { learnt, judged, steps }: { learnt: readonly Face[]; judged: readonly Face[]; steps: number }): Curve {
  const { network, frozen } = student;
  const random = createRandom(recipe.seed);
  const data = prepareLearnt(student, learnt, recipe.hasLookalikes);
  const optimizer = recipe.optimizer === 'adam' ? tf.train.adam(recipe.learningRate) : tf.train.adagrad(recipe.learningRate);
  const variables = takeVariables(network, recipe);
  const curve = { steps: [] as number[], measures: [] as Measure[], losses: [] as number[] };
  let loss = 0;
  for (let step = 0; step <= steps; step++) {
    if (judged.length > 0 && step % stepsBetweenMeasures === 0) {
      curve.steps.push(step);
      curve.measures.push(measure(student, judged));
      curve.losses.push(loss);
    }
    if (step === steps) break;
    const batch = drawBatch(data, random, recipe.hasLookalikes);
    const versions = batch.chips.map((chip) => ({ chip, version: recipe.versions[Math.floor(random() * recipe.versions.length)]! }));
    const { dims } = network;
    const before = new Float32Array(batch.chips.length * dims);
    batch.chips.forEach((chip, index) => before.set(data.originals.subarray(chip * dims, (chip + 1) * dims), index * dims));
    loss = tf.tidy(() => {
      const input = gather(frozen, versions);
      const originals = tf.tensor2d(before, [batch.chips.length, dims]);
      const { value, grads } = tf.variableGrads(() => {
        const embeddings = network.embedFrozen(input);
        return tf.add<tf.Scalar>(meanTripletLoss(embeddings, batch.people, recipe, random), keepNear(embeddings, originals, recipe));
      }, variables);
      optimizer.applyGradients(Object.entries(grads).map(([name, tensor]) => ({ name, tensor })));
      return value.dataSync()[0]!;
    });
  }
  optimizer.dispose();
  return curve;
}

/** Over the triplets that were selected, so that the learning rate means the same for every rule. */
function meanTripletLoss(embeddings: tf.Tensor2D, people: Int32Array, recipe: Recipe, random: Random): tf.Scalar {
  const distances = squaredDistancesOf(embeddings).dataSync<'float32'>();
  const triplets = selectTriplets(distances, people, { ...recipe, random });
  return tf.div<tf.Scalar>(tripletLoss(embeddings, triplets, recipe.margin), Math.max(1, triplets.anchors.length));
}

function keepNear(embeddings: tf.Tensor2D, originals: tf.Tensor2D, { keep, keepWeight }: Recipe): tf.Scalar {
  if (keep === 'nothing') return tf.scalar(0);
  if (keep === 'embeddings') return tf.mul<tf.Scalar>(tf.mean(tf.sum(tf.squaredDifference(embeddings, originals), 1)), keepWeight);
  return tf.mul<tf.Scalar>(tf.mean(tf.squaredDifference(squaredDistancesOf(embeddings), squaredDistancesOf(originals))), keepWeight);
}

/** Layers between those that are kept and those that the recipe frees stay as they are, too. */
function takeVariables(network: PackNetwork, { frozenLayers }: Recipe): tf.Variable[] {
  return network.variables.filter((_, index) => network.layerOfVariable[index]! >= frozenLayers);
}

// The two uses.

interface Setting {
  /** Layers that no recipe changes: what they make of the chips is kept in the work folder. */
  readonly keptLayers: number;
  readonly pack: LoadedPack;
  readonly chips: AlignedChips;
  readonly frozen: FrozenFaces;
}

function createStudent({ keptLayers, pack, frozen }: Setting): Student {
  const network = createPackNetwork(pack, { frozenLayers: keptLayers });
  return { network, frozen, isMirrored: pack.manifest.embedder.isMirrored };
}

const round = (values: readonly number[]): number[] => values.map((value) => Number(value.toFixed(2)));

/** Judges a recipe in rotations; the test part is not looked at. */
function judge(setting: Setting, recipe: Recipe, rotations: readonly number[], testPart: number): void {
  const dealt = dealPeople(setting.chips.people, 4, 1);
  const inner = dealPeople(dealt.filter((_, part) => part !== testPart).flat(), 5, 2);
  const curves = rotations.map((rotation) => {
    const student = createStudent(setting);
    const learnt = takeFaces(setting.chips, inner.filter((_, part) => part !== rotation).flat(), mostPhotosLearnt);
    const curve = train(student, recipe, { learnt, judged: takeFaces(setting.chips, inner[rotation]!, mostPhotosMeasured), steps: recipe.steps });
    student.network.dispose();
    return curve;
  });
  const { steps } = curves[0]!;
  const average = (read: (measure: Measure) => readonly number[], at: number): number[] =>
    falseAcceptRates.map((_, index) => curves.reduce((sum, { measures }) => sum + read(measures[at]!)[index]!, 0) / curves.length);
  const merit = (at: number): number => average(({ val }) => val, at)[1]! + average(({ val }) => val, at)[2]!;
  const best = steps.map((_, at) => at).reduce((one, other) => (merit(other) > merit(one) ? other : one));
  const describe = (at: number): object => ({
    step: steps[at],
    val: round(average(({ val }) => val, at)),
    spoiled: round(average(({ spoiledVal }) => spoiledVal, at)),
  });
  const { name, ...rest } = recipe;
  console.log(JSON.stringify({ name, before: describe(0), best: describe(best), last: describe(steps.length - 1), loss: round(curves.map(({ losses }) => losses.at(-1)!)), recipe: rest }));
}

/** Trains a final model and tests it on people who took part in nothing. */
async function conclude(setting: Setting, recipe: Recipe, testPart: number): Promise<{ readonly model: Uint8Array; readonly sameDistance: number }> {
  const dealt = dealPeople(setting.chips.people, 4, 1);
  const tested = takeFaces(setting.chips, dealt[testPart]!, mostPhotosMeasured);
  const student = createStudent(setting);
  const before = label(student, tested, false);
  const beforeSpoiled = label(student, tested, true);
  const learnt = takeFaces(setting.chips, dealt.filter((_, part) => part !== testPart).flat(), mostPhotosLearnt);
  train(student, recipe, { learnt, judged: [], steps: recipe.steps });
  const after = label(student, tested, false);
  console.log(JSON.stringify({ recipe: recipe.name, part: testPart, people: dealt[testPart]!.length, faces: tested.length, ...compare(before, after) }));
  console.log(JSON.stringify({ recipe: recipe.name, part: testPart, spoiled: compare(beforeSpoiled, label(student, tested, true)) }));
  const ownDistance = readSameDistance(setting.pack.manifest);
  // Training stretches distances: the search for the best one starts where the old one has come to lie.
  const sameDistance = (ownDistance * findEqualError(after)) / findEqualError(before);
  const clusters = [scoreHalves(setting.pack, before, ownDistance), scoreHalves(setting.pack, after, sameDistance)] as const;
  console.log(JSON.stringify({ recipe: recipe.name, part: testPart, bCubedF: compareScores(...clusters) }));
  const model = await student.network.writeModel();
  student.network.dispose();
  return { model, sameDistance };
}

function compare(before: LabeledEmbeddings, after: LabeledEmbeddings): object {
  const options = { ...measuring, bootstrapRounds: 200 };
  const [one, other] = [before, after].map((faces) => ({ scores: measureVerification(faces, options), rounds: drawValidationRates(faces, options) })) as [Drawn, Drawn];
  const difference = falseAcceptRates.map((_, at) => {
    const differences = one.rounds.map((round_, index) => 100 * (other.rounds[index]![at]! - round_[at]!));
    return { by: 100 * (other.scores.rates[at]!.val - one.scores.rates[at]!.val), standardError: standardDeviation(differences) };
  });
  const read = ({ scores }: Drawn): number[] => round(scores.rates.map(({ val }) => 100 * val));
  return { before: read(one), after: read(other), by: round(difference.map(({ by }) => by)), standardErrors: round(difference.map(({ standardError }) => standardError)) };
}

const clusteringSeeds = [1, 2, 3];

/** @returns the distance at which as many pairs of strangers are accepted as pairs of one person refused, by share */
function findEqualError(faces: LabeledEmbeddings): number {
  return measureVerification(faces, measuring).equalError.threshold;
}

/** The standard error is of the mean difference over the halves, which overlap between draws. */
function compareScores(before: readonly number[], after: readonly number[]): object {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const differences = after.map((value, index) => value - before[index]!);
  const roundFine = (value: number): number => Number(value.toFixed(4));
  return {
    before: roundFine(mean(before)),
    after: roundFine(mean(after)),
    by: roundFine(mean(differences)),
    standardError: roundFine(standardDeviation(differences) / Math.sqrt(differences.length)),
  };
}

/** B-cubed F of average linkage, its distance tuned on one half of the people and scored on the other.
 *  @returns by draw and half */
function scoreHalves(pack: LoadedPack, { embeddings, length, people }: LabeledEmbeddings, sameDistance: number): number[] {
  const photos = people.map((person, index) => ({ person, embedding: embeddings.slice(index * length, (index + 1) * length), quality: 1 }));
  return clusteringSeeds.flatMap((seed) =>
    evaluateClustering(photos, {
      methods: ['average-linkage'],
      testedHalves: ['tune', 'test'],
      pack: describePackFacts(pack.manifest, fitClusteringTo(sameDistance)),
      distance: null,
      seed,
      now: () => 0,
    })
      .figures.filter(({ method, tested }) => method === 'average-linkage' && tested !== 'both')
      .map(({ scores }) => scores.bCubed.f),
  );
}

interface Drawn {
  readonly scores: ReturnType<typeof measureVerification>;
  readonly rounds: number[][];
}

function standardDeviation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}

async function study(): Promise<void> {
  const { values } = parseArgs({
    options: {
      pack: { type: 'string', default: 'classic' },
      work: { type: 'string', default: defaultChipFolder },
      kept: { type: 'string' },
      grid: { type: 'string' },
      rotations: { type: 'string', default: '0,1' },
      final: { type: 'string' },
      parts: { type: 'string', default: '0' },
      out: { type: 'string' },
    },
  });
  const name = values.pack as ChipPack;
  const keptLayers = Number(values.kept ?? { standard: 49, classic: 29 }[name]);
  await createRuntime('tensorflow');
  await mkdir(values.work, { recursive: true });
  const pack = await openPackStore().load(name);
  const chips = await loadAlignedChips(name, values.work);
  const network = createPackNetwork(pack, { frozenLayers: keptLayers });
  const setting: Setting = { keptLayers, pack, chips, frozen: await loadFrozen(`${name}-${keptLayers}`, network, chips, values.work) };
  network.dispose();
  const complete = (given: Partial<Recipe>): Recipe => ({ ...defaults, name: JSON.stringify(given), frozenLayers: keptLayers, ...given });
  const readNumbers = (text: string): number[] => text.split(',').map(Number);
  if (values.grid !== undefined) {
    const recipes = JSON.parse(await readFile(values.grid, 'utf8')) as Partial<Recipe>[];
    for (const recipe of recipes) judge(setting, complete(recipe), readNumbers(values.rotations), 0);
  }
  if (values.final !== undefined) {
    const recipe = complete(JSON.parse(await readFile(values.final, 'utf8')) as Partial<Recipe>);
    for (const [index, part] of readNumbers(values.parts).entries()) {
      const { model, sameDistance } = await conclude(setting, recipe, part);
      if (index > 0 || values.out === undefined) continue;
      const manifest = describeTrainedPack(pack.manifest, model, {
        name: `${name}-tuned`,
        version: '1',
        trainingData: `${chips.people.length} photos of Labeled Faces in the Wild, less a quarter of the people.`,
        thresholds: { metric: 'euclidean', same: Number(sameDistance.toFixed(3)), measurement: 'The base pack\'s, times what training stretched the distance of equal errors by.' },
        calibration: null,
      });
      await writeTrainedPack(values.out, manifest, model);
    }
  }
}

if (existsSync(lfwFolder)) await study();
else console.log('skipped: no ../shared');
