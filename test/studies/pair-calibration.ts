/**
 * Fits the calibration of the standard pack (native-models/packs/calibration.ts) on half the people of Labeled Faces in the
 * Wild and checks it on the other half. Prints the JSON for the manifest.
 *
 *   npx tsx test/studies/pair-calibration.ts [<work folder>]
 *
 * Pairs of one person are of different photos. Half their weight is with photos as they are, half with pairs of which one
 * at least is spoiled. Strangers' pairs are made of the same faces, spoiled alike, and weigh as much: quality by itself
 * says nothing, and the odds are even before the faces are looked at.
 */

import { existsSync } from 'node:fs';
import { groupBy } from '../../electron/base/group-by.ts';
import { createRandom } from '../../electron/base/random.ts';
import { solveLinearSystem } from '../../electron/geometry/linear-system.ts';
import { squaredDistance } from '../../electron/geometry/vectors.ts';
import { rateFace } from '../../electron/imaging/quality.ts';
import { calibrationSchema, sameLogOdds, type Calibration } from '../../native-models/packs/calibration.ts';
import { cutChips, defaultWorkFolder, drawFittedPeople, loadEvidence, type StudiedFace } from './face-evidence.ts';
import { lfwFolder } from './labeled-faces.ts';

interface KnownFace {
  readonly face: StudiedFace;
  readonly quality: number;
}
interface Pair {
  readonly distance: number;
  readonly quality: number;
  readonly isSame: boolean;
  readonly isSpoiled: boolean;
  /** Pairs of one person, pairs of strangers, each as they are or spoiled: each of these four weighs 1 together. */
  readonly weight: number;
}

const strangersPerPair = 40;
/** A person with many photos has many pairs: no more than so many count. */
const mostPairsOfOne = 60;

function drawPairs(faces: readonly KnownFace[], seed: number): Pair[] {
  const random = createRandom(seed);
  const draw = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)]!;
  const genuine: [KnownFace, KnownFace][] = [];
  for (const own of groupBy(faces, ({ face }) => face.person).values()) {
    const pairs = own.flatMap((one, index) =>
      own.slice(index + 1).flatMap((other): [KnownFace, KnownFace][] => (one.face.original === other.face.original ? [] : [[one, other]])),
    );
    const ranked = pairs.map((pair) => ({ pair, rank: random() })).sort((one, other) => one.rank - other.rank);
    genuine.push(...ranked.slice(0, mostPairsOfOne).map(({ pair }) => pair));
  }
  const seconds = groupBy(genuine.map(([, other]) => other), ({ face }) => face.spoiling);
  const impostors = genuine.flatMap(([one, known]) =>
    Array.from({ length: strangersPerPair }, () => {
      let other = known;
      while (other.face.person === one.face.person) other = draw(seconds.get(known.face.spoiling)!);
      return [one, other] as const;
    }),
  );
  const isSpoiled = ([one, other]: readonly [KnownFace, KnownFace]): boolean => one.face.spoiling !== 'none' || other.face.spoiling !== 'none';
  const measure = (pairs: readonly (readonly [KnownFace, KnownFace])[], isSame: boolean): Pair[] => {
    const spoiled = pairs.filter(isSpoiled).length;
    return pairs.map((pair) => ({
      distance: Math.sqrt(squaredDistance(pair[0].face.embedding, pair[1].face.embedding)),
      quality: Math.min(pair[0].quality, pair[1].quality),
      isSame,
      isSpoiled: isSpoiled(pair),
      weight: 1 / (isSpoiled(pair) ? spoiled : pairs.length - spoiled),
    }));
  };
  return [...measure(genuine, true), ...measure(impostors, false)];
}

/** Logistic regression by Newton's method. @returns per input its weight */
function fitLogistic(pairs: readonly Pair[], readInputs: (pair: Pair) => number[]): number[] {
  const inputs = pairs.map(readInputs);
  const weights = inputs[0]!.map(() => 0);
  for (let step = 0; step < 25; step++) {
    const slope = weights.map(() => 0);
    const curvature = weights.map(() => weights.map(() => 0));
    for (const [index, { isSame, weight }] of pairs.entries()) {
      const input = inputs[index]!;
      const probability = 1 / (1 + Math.exp(-input.reduce((sum, value, at) => sum + value * weights[at]!, 0)));
      for (let row = 0; row < input.length; row++) {
        slope[row]! += weight * ((isSame ? 1 : 0) - probability) * input[row]!;
        for (let column = 0; column < input.length; column++) {
          curvature[row]![column]! += weight * probability * (1 - probability) * input[row]! * input[column]!;
        }
      }
    }
    const change = solveLinearSystem(curvature, slope)!;
    change.forEach((value, at) => (weights[at]! += value));
    if (Math.hypot(...change) < 1e-9) break;
  }
  return weights;
}

function fitCalibration(pairs: readonly Pair[]): Pick<Calibration, 'best' | 'worst'> {
  const [bestOffset, bestSlope, worstOffset, worstSlope] = fitLogistic(pairs, ({ distance, quality }) => [
    quality, -quality * distance, 1 - quality, -(1 - quality) * distance,
  ]) as [number, number, number, number];
  return {
    best: { slope: bestSlope, midpoint: bestOffset / bestSlope },
    worst: { slope: worstSlope, midpoint: worstOffset / worstSlope },
  };
}

function readLogOdds({ distance, quality }: Pair, { best, worst }: Pick<Calibration, 'best' | 'worst'>): number {
  return quality * best.slope * (best.midpoint - distance) + (1 - quality) * worst.slope * (worst.midpoint - distance);
}

function meanLoss(pairs: readonly Pair[], readOdds: (pair: Pair) => number): number {
  const total = pairs.reduce((sum, { weight }) => sum + weight, 0);
  return pairs.reduce((sum, pair) => sum + pair.weight * Math.log1p(Math.exp(pair.isSame ? -readOdds(pair) : readOdds(pair))), 0) / total;
}

/** Expected calibration error: how far the predicted and the observed share are apart, over bins, by weight. */
function describeReliability(pairs: readonly Pair[], readOdds: (pair: Pair) => number): string[] {
  const limits = [-Infinity, -8, -6, -4.5, -3, -2, -1, 0, 1, 2, 3, 4.5, 6, 8, Infinity];
  const probability = (odds: number): number => 1 / (1 + Math.exp(-odds));
  const total = pairs.reduce((sum, { weight }) => sum + weight, 0);
  let error = 0;
  const lines = limits.slice(0, -1).map((from, index) => {
    const bin = pairs.filter((pair) => readOdds(pair) >= from && readOdds(pair) < limits[index + 1]!);
    const weight = bin.reduce((sum, pair) => sum + pair.weight, 0);
    const predicted = bin.reduce((sum, pair) => sum + pair.weight * probability(readOdds(pair)), 0) / weight;
    const observed = bin.reduce((sum, pair) => sum + (pair.isSame ? pair.weight : 0), 0) / weight;
    if (bin.length > 0) error += (weight / total) * Math.abs(predicted - observed);
    const genuine = bin.filter(({ isSame }) => isSame).length;
    return `  log-odds from ${from}: predicted ${predicted.toFixed(4)} observed ${observed.toFixed(4)}  (${genuine} of one person, ${bin.length - genuine} of strangers)`;
  });
  return [`expected calibration error ${error.toFixed(4)}`, ...lines];
}

async function study(workFolder: string): Promise<void> {
  const mains = (await loadEvidence(workFolder)).filter(({ isMain }) => isMain);
  const rated: KnownFace[] = [];
  for await (const { face, evidence } of cutChips(mains)) rated.push({ face, quality: rateFace(evidence).quality });
  const fittedPeople = drawFittedPeople(mains.map(({ person }) => person));
  const fitted = drawPairs(rated.filter(({ face }) => fittedPeople.has(face.person)), 1);
  const checked = drawPairs(rated.filter(({ face }) => !fittedPeople.has(face.person)), 2);
  const count = (pairs: readonly Pair[], isSame: boolean): number => pairs.filter((pair) => pair.isSame === isSame).length;
  for (const [name, pairs] of [['fitted', fitted], ['checked', checked]] as const) {
    console.log(`${name} on ${count(pairs, true)} pairs of one person and ${count(pairs, false)} of strangers`);
  }
  const { best, worst } = fitCalibration(fitted);
  const round = (value: number): number => Number(value.toFixed(3));
  const calibration = calibrationSchema.parse({
    best: { slope: round(best.slope), midpoint: round(best.midpoint) },
    worst: { slope: round(worst.slope), midpoint: round(worst.midpoint) },
    maxLogOdds: 8,
    measurement: 'see docs/models/standard.md',
  });
  console.log(JSON.stringify(calibration));
  const readOdds = ({ distance, quality }: Pair): number => sameLogOdds(distance, quality, quality, calibration);
  const [offset, slope] = fitLogistic(fitted, ({ distance }) => [1, -distance]) as [number, number];
  const readByDistance = ({ distance }: Pair): number => offset - slope * distance;
  console.log(`by distance alone: slope ${slope.toFixed(3)}, midpoint ${(offset / slope).toFixed(3)}`);
  const groups: [string, readonly Pair[]][] = [
    ['all', checked],
    ['photos as they are', checked.filter(({ isSpoiled }) => !isSpoiled)],
    ['lower quality below 0.3', checked.filter(({ quality }) => quality < 0.3)],
    ['lower quality from 0.3 to 0.7', checked.filter(({ quality }) => quality >= 0.3 && quality < 0.7)],
    ['lower quality from 0.7', checked.filter(({ quality }) => quality >= 0.7)],
  ];
  for (const [name, pairs] of groups) {
    console.log(`\n${name}: log-loss ${meanLoss(pairs, readOdds).toFixed(4)}, without the limits ${meanLoss(pairs, (pair) => readLogOdds(pair, calibration)).toFixed(4)}, by distance alone ${meanLoss(pairs, readByDistance).toFixed(4)}`);
    console.log(`by distance alone: ${describeReliability(pairs, readByDistance)[0]!}`);
    console.log(describeReliability(pairs, readOdds).join('\n'));
  }
}

if (existsSync(lfwFolder)) await study(process.argv[2] ?? defaultWorkFolder);
else console.log('skipped: no ../shared');
