/**
 * Compares clusterings on people whom none of their parameters has seen.
 *
 * [Note: identity-disjoint halves] People, not photos, are dealt into two halves. Each method's parameters are those with
 * the best B-cubed F on one half, and what counts is what comes of them on the other. Photos without a main face count as
 * clusters of their own.
 */

import { AppError } from '../../../electron/base/errors.ts';
import { createRandom, shuffle } from '../../../electron/base/random.ts';
import { scorePartition, type PartitionScores } from './bcubed.ts';
import {
  createMethod,
  findNeighbours,
  linkFaces,
  minFacesChoices,
  type ClusteringMethodName,
  type FaceSet,
  type MethodSettings,
  type PackFacts,
} from './clustering-methods.ts';

/** One of a person's photos. */
export interface MainFace {
  readonly person: string;
  /** [length], null where no main face was found */
  readonly embedding: Float32Array | null;
  /** 0 to 1. */
  readonly quality: number;
}

/** The half that figures are taken on; its parameters come from the other. */
export type TestedHalf = 'tune' | 'test';

export interface ClusteringEvaluationOptions {
  readonly methods: readonly ClusteringMethodName[];
  readonly testedHalves: readonly TestedHalf[];
  readonly pack: PackFacts;
  /** Euclidean distance of unit vectors to take untuned, for every method; null to tune. */
  readonly distance: number | null;
  /** Of the halves, and of what a method draws. */
  readonly seed: number;
  /** Milliseconds. */
  readonly now: () => number;
  readonly onMethod?: (name: ClusteringMethodName) => void;
}

export interface MethodFigures {
  /** "built-in" is average linkage as the product does it, with the pack's own distance. */
  readonly method: ClusteringMethodName | 'built-in';
  readonly tested: TestedHalf | 'both';
  /** By tested half. */
  readonly settings: readonly MethodSettings[];
  readonly scores: PartitionScores;
  /** For neighbours and clusters, of the tested half or of both. */
  readonly seconds: number;
}

export interface ClusteringEvaluation {
  readonly people: number;
  readonly photos: number;
  /** Photos without a main face. */
  readonly missed: number;
  readonly figures: readonly MethodFigures[];
  /** On everybody at once, among twice as many strangers: the built-in clustering, and before it every method where a
   *  distance is given. */
  readonly everybody: readonly MethodFigures[];
}

/** Of the pack's distance. */
const coarseShares = range(0.7, 1.3, 0.05);
const fineSteps = range(-0.04, 0.04, 0.01);

/** @throws AppError "bad-argument" for fewer than two people, or a half without a main face */
export function evaluateClustering(photos: readonly MainFace[], options: ClusteringEvaluationOptions): ClusteringEvaluation {
  const halves = dealOut(photos, options.seed);
  const prepared = { tune: prepareHalf(halves.tune, options), test: prepareHalf(halves.test, options) };
  const figures = options.methods.flatMap((method) => {
    options.onMethod?.(method);
    return combine(method, options.testedHalves.map((tested) => testMethod(method, prepared, tested, options)));
  });
  figures.push(...combine('built-in', options.testedHalves.map((tested) => testBuiltIn(prepared[tested], options, tested))));
  const whole = prepareHalf(photos, options);
  const { distance } = options;
  const everybody =
    distance === null
      ? []
      : options.methods.flatMap((method) => combine(method, [runMethod(method, whole, takeUntuned(method, distance), 'both', options)]));
  everybody.push(...combine('built-in', [testBuiltIn(whole, options, 'both')]));
  return {
    people: new Set(photos.map(({ person }) => person)).size,
    photos: photos.length,
    missed: photos.filter(({ embedding }) => embedding === null).length,
    figures,
    everybody,
  };
}

/** @returns every person in one of two halves of equal size */
export function dealOut<Photo extends { readonly person: string }>(
  photos: readonly Photo[],
  seed: number,
): Record<TestedHalf, Photo[]> {
  const people = shuffle([...new Set(photos.map(({ person }) => person))].sort(), createRandom(seed));
  if (people.length < 2) throw new AppError('bad-argument', `Expected people for two halves but received ${people.length}`);
  const tuned = new Set(people.slice(0, Math.ceil(people.length / 2)));
  return {
    tune: photos.filter(({ person }) => tuned.has(person)),
    test: photos.filter(({ person }) => !tuned.has(person)),
  };
}

interface PreparedHalf {
  readonly people: readonly string[];
  /** By photo, -1 where no main face was found. */
  readonly rows: Int32Array;
  readonly faces: FaceSet;
  readonly neighbours: ReturnType<typeof findNeighbours>;
  readonly neighbourSeconds: number;
}

interface Outcome {
  readonly tested: TestedHalf | 'both';
  readonly settings: readonly MethodSettings[];
  readonly people: readonly string[];
  /** By photo. */
  readonly clusters: readonly (string | null)[];
  readonly seconds: number;
}

function prepareHalf(photos: readonly MainFace[], { pack, now }: ClusteringEvaluationOptions): PreparedHalf {
  const rows = new Int32Array(photos.length).fill(-1);
  const found: { embedding: Float32Array; quality: number }[] = [];
  photos.forEach(({ embedding, quality }, photo) => {
    if (embedding !== null) rows[photo] = found.push({ embedding, quality }) - 1;
  });
  const length = found[0]?.embedding.length;
  if (length === undefined) throw new AppError('bad-argument', 'Expected main faces but found none');
  const embeddings = new Float32Array(found.length * length);
  found.forEach(({ embedding }, row) => embeddings.set(embedding, row * length));
  const faces = { length, embeddings, qualities: Float32Array.from(found, ({ quality }) => quality) };
  const startedMs = now();
  const neighbours = findNeighbours(faces, pack);
  const neighbourSeconds = (now() - startedMs) / 1000;
  return { people: photos.map(({ person }) => person), rows, faces, neighbours, neighbourSeconds };
}

function testMethod(
  method: ClusteringMethodName,
  halves: Readonly<Record<TestedHalf, PreparedHalf>>,
  tested: TestedHalf,
  options: ClusteringEvaluationOptions,
): Outcome {
  const settings =
    options.distance === null
      ? tuneMethod(method, halves[tested === 'test' ? 'tune' : 'test'], options)
      : takeUntuned(method, options.distance);
  return runMethod(method, halves[tested], settings, tested, options);
}

function takeUntuned(method: ClusteringMethodName, distance: number): MethodSettings {
  return { distance, minFaces: minFacesChoices[method][0]! };
}

function runMethod(
  method: ClusteringMethodName,
  half: PreparedHalf,
  settings: MethodSettings,
  tested: TestedHalf | 'both',
  options: ClusteringEvaluationOptions,
): Outcome {
  const startedMs = options.now();
  const labels = createMethod(method, half.faces, options.pack, half.neighbours, options.seed)(settings);
  const methodSeconds = (options.now() - startedMs) / 1000;
  // Average linkage looks for its own neighbours, and says what that took.
  const seconds = methodSeconds + (method === 'average-linkage' ? 0 : half.neighbourSeconds);
  return { tested, settings: [settings], people: half.people, clusters: nameClusters(half, labels, tested), seconds };
}

/** @returns the settings with the best B-cubed F: by steps of 5 % of the pack's distance, then of 1 % around the best */
function tuneMethod(method: ClusteringMethodName, half: PreparedHalf, options: ClusteringEvaluationOptions): MethodSettings {
  const run = createMethod(method, half.faces, options.pack, half.neighbours, options.seed);
  const own = options.pack.clustering.maxDistance;
  let best = { share: 1, minFaces: 0, f: -1 };
  const attempt = (share: number, minFaces: number): void => {
    const labels = run({ distance: own * share, minFaces });
    const { f } = scorePartition(half.people, nameClusters(half, labels, '')).bCubed;
    if (f > best.f) best = { share, minFaces, f };
  };
  for (const minFaces of minFacesChoices[method]) for (const share of coarseShares) attempt(share, minFaces);
  const { share: coarse, minFaces } = best;
  for (const step of fineSteps) if (step !== 0) attempt(coarse + step, minFaces);
  return { distance: own * best.share, minFaces: best.minFaces };
}

function testBuiltIn(half: PreparedHalf, { pack, now }: ClusteringEvaluationOptions, tested: TestedHalf | 'both'): Outcome {
  const startedMs = now();
  const labels = linkFaces(half.faces, pack.clustering);
  const seconds = (now() - startedMs) / 1000;
  const settings = [{ distance: pack.clustering.maxDistance, minFaces: 0 }];
  return { tested, settings, people: half.people, clusters: nameClusters(half, labels, tested), seconds };
}

function nameClusters({ rows }: PreparedHalf, labels: Int32Array, half: string): (string | null)[] {
  return Array.from(rows, (row) => (row < 0 ? null : `${half} ${labels[row]}`));
}

/** @returns each outcome, and of two that of both: they share no people, so their clusters lie side by side */
function combine(method: MethodFigures['method'], outcomes: readonly Outcome[]): MethodFigures[] {
  const figures = outcomes.map(({ tested, settings, seconds, ...outcome }) => {
    return { method, tested, settings, seconds, scores: scorePartition(outcome.people, outcome.clusters) };
  });
  if (outcomes.length < 2) return figures;
  const settings = outcomes.flatMap((outcome) => outcome.settings);
  const seconds = outcomes.reduce((sum, outcome) => sum + outcome.seconds, 0);
  return [...figures, { method, tested: 'both', settings, seconds, scores: score(outcomes) }];
}

function score(outcomes: readonly Outcome[]): PartitionScores {
  return scorePartition(
    outcomes.flatMap(({ people }) => people),
    outcomes.flatMap(({ clusters }) => clusters),
  );
}

function range(from: number, to: number, step: number): number[] {
  return Array.from({ length: Math.round((to - from) / step) + 1 }, (_, index) => Number((from + index * step).toFixed(9)));
}
