/**
 * Measures the questions "are these one person?" on people of Labeled Faces in the Wild: how well their probabilities
 * hold, and how many answers put how many faces right.
 *
 *   kindred import ../shared/faces/lfw-dev --library <library>
 *   kindred faces --embeddings --library <library> > faces.jsonl
 *   npx tsx test/studies/review-questions.ts faces.jsonl [<folder per person>] [<pack>]
 *
 * Faces of another pack than the standard one come from test/studies/analyze-photos.ts.
 */

import { existsSync } from 'node:fs';
import { createRandom, type Random } from '../../electron/base/random.ts';
import { relativeDistance } from '../../electron/clustering/suggestions/likelihood.ts';
import { listQuestions } from '../../electron/clustering/suggestions/questions.ts';
import type { LibraryView, Question } from '../../electron/clustering/suggestions/types.ts';
import { averageSimilarity, faceSimilarity, sumFaces } from '../../electron/clustering/suggestions/vectors.ts';
import { lfwFolder } from './labeled-faces.ts';
import { openView, readLabeledFaces, readOptions, type LabeledFace, type ViewOptions } from './labeled-views.ts';

/** Pairs of clusters beyond this middle of average and closest relative distance say nothing about likely ones. */
const farthestCalibrated = 1.6;

/** A library as a family has it: so many often photographed people, and strangers seen once or twice. */
const familySize = 12;
const strangerCount = 500;
const familyDraws = 5;
const fewestPhotosOfFamily = 20;

/** @returns the identity of most faces, by person index, null for nobody */
function findOwners(faces: readonly LabeledFace[], { input }: LibraryView): (string | null)[] {
  const counts = input.people.map(() => new Map<string, number>());
  faces.forEach(({ identity }, face) => {
    const own = counts[input.personIndices[face]!]!;
    own.set(identity, (own.get(identity) ?? 0) + 1);
  });
  return counts.map((own) => [...own].sort((one, other) => other[1] - one[1])[0]?.[0] ?? null);
}

/** Of every identity the faces in the person that holds most of them are right, unless others are the majority there. */
function countRight(faces: readonly LabeledFace[], view: LibraryView): number {
  const owners = findOwners(faces, view);
  const counts = new Map<string, Map<number, number>>();
  faces.forEach(({ identity }, face) => {
    const person = view.input.personIndices[face]!;
    if (owners[person] !== identity) return;
    const own = counts.get(identity) ?? new Map<number, number>();
    counts.set(identity, own.set(person, (own.get(person) ?? 0) + 1));
  });
  return [...counts.values()].reduce((sum, own) => sum + Math.max(...own.values()), 0);
}

interface ClusterPair {
  /** Middle of the average and the closest relative distance. */
  readonly middle: number;
  readonly isOne: boolean;
}

function listClusterPairs(faces: readonly LabeledFace[], view: LibraryView): { pairs: ClusterPair[]; clusters: number } {
  const { input, units, options } = view;
  const length = input.embeddingLength;
  const owners = findOwners(faces, view);
  const members = input.people.map((): number[] => []);
  input.personIndices.forEach((person, face) => members[person]!.push(face));
  const sums = members.map((own) => sumFaces(units, length, own));
  const pairs: ClusterPair[] = [];
  for (let one = 0; one < sums.length; one++) {
    for (let other = 0; other < one; other++) {
      const mean = relativeDistance(averageSimilarity(sums[one]!, sums[other]!, length), options);
      if (mean > 2 * farthestCalibrated) continue;
      let closest = -1;
      for (const left of members[one]!) {
        for (const right of members[other]!) closest = Math.max(closest, faceSimilarity(units, length, left, right));
      }
      const middle = (mean + relativeDistance(closest, options)) / 2;
      if (middle <= farthestCalibrated) pairs.push({ middle, isOne: owners[one] === owners[other] });
    }
  }
  return { pairs, clusters: sums.length };
}

/** Fits log-odds = intercept - slope * (middle - 1) by Newton's method. */
function fitLine(pairs: readonly ClusterPair[]): { intercept: number; slope: number } {
  let [intercept, slope] = [0, 10];
  for (let step = 0; step < 50; step++) {
    let [g0, g1, h00, h01, h11] = [0, 0, 1e-9, 0, 1e-9];
    for (const { middle, isOne } of pairs) {
      const x = 1 - middle;
      const p = 1 / (1 + Math.exp(-intercept - slope * x));
      const weight = p * (1 - p);
      g0 += Number(isOne) - p;
      g1 += (Number(isOne) - p) * x;
      h00 += weight;
      h01 += weight * x;
      h11 += weight * x * x;
    }
    const determinant = h00 * h11 - h01 * h01;
    intercept += (h11 * g0 - h01 * g1) / determinant;
    slope += (h00 * g1 - h01 * g0) / determinant;
  }
  return { intercept, slope };
}

function describeCalibration(pairs: readonly ClusterPair[], line: { intercept: number; slope: number }): string {
  const limits = [0, 0.002, 0.01, 0.03, 0.1, 0.3, 0.6, 1];
  const probabilities = pairs.map(({ middle }) => 1 / (1 + Math.exp(-line.intercept - line.slope * (1 - middle))));
  return limits
    .slice(0, -1)
    .map((from, index) => {
      const within = pairs.filter((_, at) => probabilities[at]! >= from && probabilities[at]! < limits[index + 1]!);
      const ones = within.filter(({ isOne }) => isOne).length;
      return `  ${from} to ${limits[index + 1]}: ${ones} of ${within.length} (${(ones / within.length).toFixed(3)})`;
    })
    .join('\n');
}

/** Fits on one half of the people, and says how the line of the options holds on both and on fewer people. */
function calibrate(faces: readonly LabeledFace[], options: ViewOptions): void {
  const random = createRandom(7);
  const people = [...new Set(faces.map(({ identity }) => identity))];
  const fitted = new Set(people.filter(() => random() < 0.5));
  const few = new Set(people.filter(() => random() < 0.1));
  const draws: readonly (readonly [string, (identity: string) => boolean])[] = [
    ['fitted half', (identity) => fitted.has(identity)],
    ['tested half', (identity) => !fitted.has(identity)],
    ['a tenth of the people', (identity) => few.has(identity)],
    ['everybody', () => true],
  ];
  for (const [name, isDrawn] of draws) {
    const drawn = faces.filter(({ identity }) => isDrawn(identity));
    const { pairs, clusters } = listClusterPairs(drawn, openView(drawn, options));
    const { intercept, slope } = fitLine(pairs);
    const ones = pairs.filter(({ isOne }) => isOne).length;
    console.log(
      `${name}: ${drawn.length} faces, ${clusters} clusters, ${ones} of ${pairs.length} pairs are one person; ` +
        `fitted slope ${slope.toFixed(1)}, odds at the limit ${intercept.toFixed(2)} + log(${clusters}) = ` +
        (intercept + Math.log(clusters)).toFixed(2),
    );
    const { oddsSlope, oddsAtMaxDistance } = options.suggestions;
    console.log(describeCalibration(pairs, { intercept: oddsAtMaxDistance - Math.log(clusters), slope: oddsSlope }));
  }
}

/** Does to the view what the application does for an answer. */
function answer(view: LibraryView, { first, second }: Question, isYes: boolean): LibraryView {
  const { input } = view;
  if (isYes) {
    const personIndices = input.personIndices.map((person) => (person === second ? first : person));
    const people = input.people.map((person, index) => (index === first ? { ...person, isHeld: true } : person));
    const rejections = input.rejections.map(([face, person]) => [face, person === second ? first : person] as const);
    return { ...view, input: { ...input, personIndices, people, rejections } };
  }
  const refused: (readonly [number, number])[] = [];
  input.personIndices.forEach((person, face) => {
    if (person === second) refused.push([face, first]);
  });
  return { ...view, input: { ...input, rejections: [...input.rejections, ...refused] } };
}

/** Names the largest cluster of everybody with at least so many faces. */
function nameLargest(faces: readonly LabeledFace[], view: LibraryView, fewest: number): LibraryView {
  const sizes = view.input.people.map(() => 0);
  for (const person of view.input.personIndices) sizes[person]! += 1;
  const named = new Set<string>();
  const names = new Map<number, string>();
  const owners = findOwners(faces, view);
  const bySize = sizes.map((size, person) => ({ size, person })).sort((one, other) => other.size - one.size);
  for (const { size, person } of bySize) {
    const owner = owners[person]!;
    if (size < fewest || named.has(owner)) continue;
    named.add(owner);
    names.set(person, owner);
  }
  const people = view.input.people.map((person, index) => {
    const name = names.get(index) ?? null;
    return { ...person, name, isHeld: name !== null };
  });
  return { ...view, input: { ...view.input, people } };
}

interface Course {
  readonly faces: number;
  /** After 0, 1, 2... answers. */
  readonly right: readonly number[];
  readonly yes: number;
  readonly leftAtFirst: number;
}

/** Answers every question with the truth. */
function answerAll(faces: readonly LabeledFace[], start: LibraryView): Course {
  const list = { limit: 1, person: -1, skipped: [], includeOpen: false };
  let view = start;
  const right = [countRight(faces, view)];
  const leftAtFirst = listQuestions(view, list).questionsLeft;
  let yes = 0;
  for (;;) {
    const [question] = listQuestions(view, list).questions;
    if (question === undefined) break;
    const owners = findOwners(faces, view);
    const isYes = owners[question.first] === owners[question.second];
    if (isYes) yes += 1;
    view = answer(view, question, isYes);
    right.push(countRight(faces, view));
  }
  return { faces: faces.length, right, yes, leftAtFirst };
}

function describeCourse({ faces, right, yes, leftAtFirst }: Course): string {
  const share = (count: number): string => ((100 * count) / faces).toFixed(2);
  const steps = [0, 5, 10, 20, 40, 80, 160, 320].filter((step) => step < right.length - 1);
  const needed = right.findIndex((count) => count >= 0.99 * faces);
  const lastGain = right.findIndex((count) => count === Math.max(...right));
  return (
    `${faces} faces, % right after n answers: ${[...steps, right.length - 1].map((step) => `${step}: ${share(right[step]!)}`).join('  ')}; ` +
    `99 % after ${needed < 0 ? 'never' : needed}; ${right.length - 1} answers (${yes} yes), said to be ${leftAtFirst}, the last gain at ${lastGain}`
  );
}

function drawFamily(faces: readonly LabeledFace[], random: Random): LabeledFace[] {
  const byIdentity = new Map<string, LabeledFace[]>();
  for (const labeled of faces) byIdentity.set(labeled.identity, [...(byIdentity.get(labeled.identity) ?? []), labeled]);
  const shuffled = [...byIdentity.values()]
    .map((own) => ({ own, rank: random() }))
    .sort((one, other) => one.rank - other.rank)
    .map(({ own }) => own);
  const family = shuffled.filter((own) => own.length >= fewestPhotosOfFamily).slice(0, familySize);
  const strangers = shuffled.filter((own) => own.length < fewestPhotosOfFamily).slice(0, strangerCount);
  return [...family, ...strangers.map((own) => own.slice(0, 1 + Math.floor(2 * random())))].flat();
}

async function study(facesFile: string, folder: string, pack: string): Promise<void> {
  const faces = await readLabeledFaces(facesFile, folder);
  const options = readOptions(pack);
  console.log(`${pack}: ${JSON.stringify(options)}\n`);
  calibrate(faces, options);
  for (let seed = 1; seed <= familyDraws; seed++) {
    const drawn = drawFamily(faces, createRandom(seed));
    const view = nameLargest(drawn, openView(drawn, options), fewestPhotosOfFamily / 2);
    console.log(`family ${seed}: ${describeCourse(answerAll(drawn, view))}`);
  }
  const random = createRandom(7);
  const people = [...new Set(faces.map(({ identity }) => identity))];
  const half = new Set(people.filter(() => random() < 0.5));
  const tested = faces.filter(({ identity }) => !half.has(identity));
  console.log(`tested half: ${describeCourse(answerAll(tested, openView(tested, options)))}`);
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
