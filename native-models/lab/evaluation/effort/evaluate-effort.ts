/**
 * Counts what users of several programs have to do until a library is right.
 *
 * Baselines have their distance tuned for least actions on libraries of the people of one half, and are counted on
 * libraries of the other half's; Kindred has nothing tuned. See [Note: identity-disjoint halves] in evaluate-clustering.ts.
 */

import { dealOut } from '../evaluate-clustering.ts';
import type { LabeledFaces } from '../labeled-faces.ts';
import { baselines, compareLibrary, labelByHand, tuneBaseline, type BaselineName } from './baselines.ts';
import { drawLibrary, type DrawnLibrary, type LibrarySizes } from './draw-library.ts';
import type { ActionCosts, LabelledLibrary } from './labelled-library.ts';
import { simulateUser, type Effort } from './simulate-user.ts';
import { measureStanding, type Goal } from './truth.ts';

export interface EffortEvaluationOptions {
  readonly sizes: LibrarySizes;
  readonly goal: Goal;
  /** A library is drawn for each seed and half. */
  readonly seeds: readonly number[];
  /** The pack's, Euclidean, of unit vectors. */
  readonly sameDistance: number;
  /** Of Kindred's user; baselines' users join by typing a name alone. */
  readonly costs: ActionCosts;
  readonly signal?: AbortSignal;
  /** Puts the library into Kindred, clustered; closed after use. */
  openLibrary(library: DrawnLibrary): Promise<{ readonly library: LabelledLibrary; close(): Promise<void> }>;
  readonly onLibrary?: (done: number, total: number) => void;
}

export interface LibraryEffort {
  readonly half: 'tune' | 'test';
  readonly seed: number;
  readonly photos: number;
  readonly faces: number;
  /** Faces that count; the others are bystanders'. */
  readonly knownFaces: number;
  readonly kindred: Effort;
  readonly baselines: Readonly<Record<BaselineName, Effort & { readonly distance: number }>>;
}

export interface EffortEvaluation {
  readonly libraries: readonly LibraryEffort[];
  /** Sums over all libraries. */
  readonly actions: Readonly<Record<BaselineName | 'kindred', number>>;
  readonly best: BaselineName;
  /** Kindred's actions over those of the best baseline. */
  readonly ratio: number;
}

const handCosts: ActionCosts = { joinByName: 1 };

/** @throws AppError "bad-argument" where the photos show too few people, "cancelled" */
export async function evaluateEffort(photos: readonly LabeledFaces[], options: EffortEvaluationOptions): Promise<EffortEvaluation> {
  const { goal, signal, sameDistance, sizes } = options;
  const byHand = { goal, signal, costs: handCosts };
  const halves = dealOut(photos, 1);
  const draw = (half: 'tune' | 'test') => options.seeds.map((seed) => drawLibrary(halves[half], sizes, seed));
  const drawn = { tune: draw('tune'), test: draw('test') };
  const libraries: LibraryEffort[] = [];
  const total = 2 * options.seeds.length;
  for (const half of ['tune', 'test'] as const) {
    const others = drawn[half === 'tune' ? 'test' : 'tune'].map((library) => compareLibrary(library, sameDistance));
    const distances = new Map<BaselineName, number>();
    for (const name of baselines) distances.set(name, await tuneBaseline(name, others, sameDistance, byHand));
    for (const [index, library] of drawn[half].entries()) {
      options.onLibrary?.(libraries.length, total);
      const compared = compareLibrary(library, sameDistance);
      const efforts: [BaselineName, Effort & { distance: number }][] = [];
      for (const name of baselines) {
        const distance = distances.get(name)!;
        efforts.push([name, { ...(await labelByHand(name, compared, distance, byHand)), distance }]);
      }
      libraries.push({
        half,
        seed: options.seeds[index]!,
        photos: library.photos.length,
        faces: library.faceNames.length,
        knownFaces: measureStanding([], library.truth, goal).faces,
        kindred: await labelWithKindred(library, options),
        baselines: Object.fromEntries(efforts) as LibraryEffort['baselines'],
      });
    }
  }
  return { libraries, ...compare(libraries) };
}

async function labelWithKindred(drawn: DrawnLibrary, { goal, costs, signal, openLibrary }: EffortEvaluationOptions): Promise<Effort> {
  const opened = await openLibrary(drawn);
  try {
    return await simulateUser(opened.library, drawn.truth, { goal, costs, signal });
  } finally {
    await opened.close();
  }
}

/** A library that was not finished makes its method's sum infinite: such an effort is no answer. */
function compare(libraries: readonly LibraryEffort[]): Omit<EffortEvaluation, 'libraries'> {
  const count = (effort: Effort): number => (effort.standing.isFinished ? effort.actions : Number.POSITIVE_INFINITY);
  const sum = (pick: (library: LibraryEffort) => Effort): number =>
    libraries.reduce((total, library) => total + count(pick(library)), 0);
  const ofBaselines = baselines.map((name) => [name, sum((library) => library.baselines[name])] as const);
  const [best, fewest] = [...ofBaselines].sort(([, one], [, other]) => one - other)[0]!;
  const kindred = sum((library) => library.kindred);
  const actions = { ...Object.fromEntries(ofBaselines), kindred } as EffortEvaluation['actions'];
  return { actions, best, ratio: kindred / fewest };
}
