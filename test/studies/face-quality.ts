/**
 * Fits the weights of the quality of a face (electron/imaging/quality.ts) on half the people of Labeled Faces in the Wild,
 * and tells on the other half how well quality predicts which faces fail to match.
 *
 *   npx tsx test/studies/face-quality.ts [<work folder>]
 *
 * The mean face and the expected likeness come out of it too; where they have changed, put them in and run it again.
 */

import { existsSync } from 'node:fs';
import { groupBy } from '../../electron/base/group-by.ts';
import { dotProduct } from '../../electron/geometry/vectors.ts';
import {
  averageCells,
  computeTerms,
  measureFace,
  measureLikeness,
  qualityModel,
  qualityTerms,
  rateMeasures,
  samplePatch,
  type FaceEvidence,
  type FaceMeasures,
  type QualityModel,
} from '../../electron/imaging/quality.ts';
import { placeHead } from '../../electron/geometry/frontal-view.ts';
import { solveLinearSystem } from '../../electron/geometry/linear-system.ts';
import { cutChips, defaultWorkFolder, drawFittedPeople, findThreshold, loadEvidence, type StudiedFace } from './face-evidence.ts';
import { lfwFolder } from './labeled-faces.ts';

interface RatedFace {
  readonly face: StudiedFace;
  readonly measures: FaceMeasures;
  readonly evidence: FaceEvidence;
  /** Share of the pairs with the person's other photos, as they are, that match at each threshold; null without pairs. */
  readonly matched: { readonly strict: number; readonly loose: number } | null;
}

const rejectedShares = [0, 0.05, 0.1, 0.2, 0.3];
/** False matches by which a face counts as failing in the fit, and in the check. */
const strictFalseMatches = 1e-4;
const looseFalseMatches = 1e-3;

async function rate(faces: readonly StudiedFace[], chosen: ReadonlySet<StudiedFace>): Promise<RatedFace[]> {
  const gallery = faces.filter((face) => chosen.has(face) && face.isMain && face.spoiling === 'none');
  const strict = findThreshold(gallery, strictFalseMatches);
  const loose = findThreshold(gallery, looseFalseMatches);
  console.log(`${gallery.length} main faces: cosine similarity of one in 10,000 strangers' pairs ${strict.toFixed(4)}, in 1,000 ${loose.toFixed(4)}`);
  const own = groupBy(gallery, ({ person }) => person);
  const rated: RatedFace[] = [];
  for await (const { face, evidence } of cutChips(faces.filter((one) => chosen.has(one)))) {
    const others = (own.get(face.person) ?? []).filter(({ original }) => original !== face.original);
    const similarities = others.map(({ embedding }) => dotProduct(embedding, face.embedding));
    const share = (threshold: number): number => similarities.filter((value) => value >= threshold).length / others.length;
    const matched = face.isMain && others.length > 0 ? { strict: share(strict), loose: share(loose) } : null;
    rated.push({ face, evidence, measures: measureFace(evidence), matched });
  }
  return rated;
}

/** Logistic regression on shares, by projected gradient steps that keep every weight from falling below nothing. */
function fitModel(faces: readonly RatedFace[]): QualityModel {
  const rows = faces.map(({ measures }) => qualityTerms.map((term) => computeTerms(measures)[term]));
  const targets = faces.map(({ matched }) => matched!.strict);
  const mean = qualityTerms.map((_, at) => rows.reduce((sum, row) => sum + row[at]!, 0) / rows.length);
  const deviation = qualityTerms.map((_, at) => Math.sqrt(rows.reduce((sum, row) => sum + (row[at]! - mean[at]!) ** 2, 0) / rows.length));
  const inputs = rows.map((row) => Float64Array.from(row, (value, at) => (value - mean[at]!) / deviation[at]!));
  let intercept = 0;
  const weights = new Float64Array(qualityTerms.length);
  for (let step = 0; step < 3000; step++) {
    const slope = new Float64Array(weights.length);
    let interceptSlope = 0;
    inputs.forEach((input, index) => {
      const error = 1 / (1 + Math.exp(-intercept - input.reduce((sum, value, at) => sum + value * weights[at]!, 0))) - targets[index]!;
      interceptSlope += error;
      input.forEach((value, at) => (slope[at]! += error * value));
    });
    intercept -= interceptSlope / inputs.length;
    slope.forEach((value, at) => (weights[at] = Math.max(0, weights[at]! - value / inputs.length)));
  }
  const raw = Array.from(weights, (weight, at) => weight / deviation[at]!);
  return {
    intercept: intercept - raw.reduce((sum, weight, at) => sum + weight * mean[at]!, 0),
    weights: Object.fromEntries(qualityTerms.map((term, at) => [term, raw[at]!])) as QualityModel['weights'],
  };
}

/** Share of genuine pairs that do not match once the worst faces are left out. Source: Grother and Tabassi 2007. */
function describeErrorVersusReject(faces: readonly RatedFace[], model: QualityModel): string {
  const sorted = faces
    .map(({ measures, matched }) => ({ quality: rateMeasures(measures, model), missed: 1 - matched!.loose }))
    .sort((one, other) => one.quality - other.quality);
  return rejectedShares
    .map((share) => sorted.slice(Math.round(sorted.length * share)))
    .map((kept) => `${((100 * kept.reduce((sum, { missed }) => sum + missed, 0)) / kept.length).toFixed(2)} %`)
    .join('  ');
}

function describeFit(faces: readonly RatedFace[], model: QualityModel): string {
  const answers = faces.map(({ measures, matched }) => ({ quality: rateMeasures(measures, model), matched: matched!.strict }));
  const loss = answers.reduce((sum, { quality, matched }) => sum - matched * Math.log(quality) - (1 - matched) * Math.log(1 - quality), 0);
  const bins = Array.from({ length: 10 }, (_, bin) => answers.filter(({ quality }) => Math.min(9, Math.floor(quality * 10)) === bin));
  const average = (bin: readonly { quality: number; matched: number }[], key: 'quality' | 'matched'): number =>
    bin.reduce((sum, answer) => sum + answer[key], 0) / bin.length;
  const table = bins
    .filter((bin) => bin.length > 0)
    .map((bin) => `${average(bin, 'quality').toFixed(2)} ${average(bin, 'matched').toFixed(2)} (${bin.length})`);
  return `log-loss ${(loss / answers.length).toFixed(4)}; quality and matched share by tenths: ${table.join(', ')}`;
}

function printMeanFace(faces: readonly RatedFace[]): void {
  const sums = new Float64Array(81);
  for (const { evidence } of faces) {
    const cells = averageCells(samplePatch(evidence));
    const mean = cells.reduce((sum, value) => sum + value, 0) / cells.length;
    const deviation = Math.sqrt(cells.reduce((sum, value) => sum + (value - mean) ** 2, 0) / cells.length) + 1e-6;
    cells.forEach((value, at) => (sums[at]! += (value - mean) / deviation / faces.length));
  }
  for (let row = 0; row < 9; row++) {
    const symmetric = Array.from({ length: 9 }, (_, column) => 50 * (sums[row * 9 + column]! + sums[row * 9 + 8 - column]!));
    console.log(`  ...[${symmetric.map((value) => Math.round(value) + 0).join(', ')}],`);
  }
}

/** @returns the faces with the angles that perspective-n-point finds on 51 landmarks; occlusion stays as it was measured */
function takePerspective(faces: readonly RatedFace[]): RatedFace[] {
  return faces.map((one) => {
    const { yaw, pitch, roll } = placeHead(one.face.landmarks).pose;
    return { ...one, measures: { ...one.measures, yaw, pitch, roll } };
  });
}

/** A straight line in the sizes of yaw and pitch, over faces that match. */
function printExpectedLikeness(faces: readonly RatedFace[]): void {
  const normal = [0, 1, 2].map(() => [0, 0, 0]);
  const right = [0, 0, 0];
  for (const { evidence, measures } of faces.filter(({ matched }) => matched !== null && matched.strict > 0.9)) {
    const row = [1, -Math.min(30, Math.abs(measures.yaw)), -Math.min(30, Math.abs(measures.pitch))];
    const likeness = measureLikeness(samplePatch(evidence));
    row.forEach((one, at) => {
      right[at]! += one * likeness;
      row.forEach((other, column) => (normal[at]![column]! += one * other));
    });
  }
  const [frontal, perYaw, perPitch] = solveLinearSystem(normal, right)!;
  console.log(`expected likeness: frontal ${frontal!.toFixed(3)}, perYaw ${perYaw!.toFixed(4)}, perPitch ${perPitch!.toFixed(4)}`);
}

async function study(workFolder: string): Promise<void> {
  const faces = await loadEvidence(workFolder);
  const fittedPeople = drawFittedPeople(faces.map(({ person }) => person));
  const fitted = await rate(faces, new Set(faces.filter(({ person }) => fittedPeople.has(person))));
  const checked = await rate(faces, new Set(faces.filter(({ person }) => !fittedPeople.has(person))));
  const asTheyAre = fitted.filter(({ face }) => face.isMain && face.spoiling === 'none');
  printMeanFace(asTheyAre);
  printExpectedLikeness(asTheyAre);

  const model = fitModel(fitted.filter(({ matched }) => matched !== null));
  console.log(`fitted on ${fitted.filter(({ matched }) => matched !== null).length} faces: ${JSON.stringify(model, (_, value: unknown) => (typeof value === 'number' ? Number(value.toFixed(3)) : value))}`);
  const withPairs = checked.filter(({ matched }) => matched !== null);
  for (const [name, used] of [['fitted now', model], ['in the code', qualityModel]] as const) {
    console.log(`\n${name}, ${withPairs.length} faces of people it never saw: ${describeFit(withPairs, used)}`);
    console.log(`missed pairs with the worst ${rejectedShares.map((share) => `${share * 100} %`).join(', ')} left out`);
    console.log(`  all              ${describeErrorVersusReject(withPairs, used)}`);
    for (const [spoiling, group] of groupBy(withPairs, ({ face }) => face.spoiling)) {
      const rated = group.reduce((sum, { measures }) => sum + rateMeasures(measures, used), 0) / group.length;
      console.log(`  ${spoiling.padEnd(15)}  ${describeErrorVersusReject(group, used)}  (${group.length} faces, mean quality ${rated.toFixed(2)})`);
    }
    for (const term of qualityTerms) {
      const without = { ...used, weights: { ...used.weights, [term]: 0 } };
      console.log(`  without ${term.padEnd(10)} ${describeErrorVersusReject(withPairs, without)}`);
    }
  }
  const turned = { fitted: takePerspective(fitted), checked: takePerspective(checked) };
  const turnedModel = fitModel(turned.fitted.filter(({ matched }) => matched !== null));
  const turnedPairs = turned.checked.filter(({ matched }) => matched !== null);
  console.log(`\nperspective poses, fitted now: ${JSON.stringify(turnedModel)}`);
  console.log(`${describeFit(turnedPairs, turnedModel)}\n  all              ${describeErrorVersusReject(turnedPairs, turnedModel)}`);
  const bystanders = checked.filter(({ face }) => !face.isMain && face.spoiling === 'none').map(({ measures }) => rateMeasures(measures, model));
  const mains = checked.filter(({ face }) => face.isMain && face.spoiling === 'none').map(({ measures }) => rateMeasures(measures, model));
  for (const [name, values] of [['main faces', mains], ['bystanders', bystanders]] as const) {
    const sorted = values.sort((one, other) => one - other);
    console.log(`quality of ${name} at 1 5 25 50 75 %: ${[0.01, 0.05, 0.25, 0.5, 0.75].map((share) => sorted[Math.floor(sorted.length * share)]!.toFixed(3)).join(' ')}`);
  }
  const started = process.cpuUsage().user;
  for (const { evidence } of checked.slice(0, 2000)) measureFace(evidence);
  console.log(`${((process.cpuUsage().user - started) / 2_000_000).toFixed(3)} ms of processor time a face`);
}

if (existsSync(lfwFolder)) await study(process.argv[2] ?? defaultWorkFolder);
else console.log('skipped: no ../shared');
