/**
 * Counts what a user has left to do in a library that has learnt from them, beside one that has not.
 *
 * [Note: two halves of a library] Half of a library's photos come first, and a simulated user labels them to the end. One copy
 * of the library learns from that, the other does not. Then the other half comes, faces that nobody has labelled, and the
 * user labels those. The people of the library are of one half of the data's people; how people are told apart whom nobody
 * ever saw is measured on the other half.
 */

import { projectEmbeddings } from '../../../../electron/clustering/neighbours/projection.ts';
import type { Projection } from '../../../../electron/terms/projection.ts';
import { scorePartition } from '../bcubed.ts';
import { dealOut } from '../evaluate-clustering.ts';
import type { LabeledEmbeddings } from '../../../../electron/learning/verification/face-pairs.ts';
import type { LabeledFaces } from '../labeled-faces.ts';
import { measureVerification } from '../../../../electron/learning/verification/verification.ts';
import { drawLibrary, nameFace, type DrawnLibrary, type LibrarySizes } from './draw-library.ts';
import type { ActionCosts, LabelledLibrary } from './labelled-library.ts';
import { simulateUser, type Effort } from './simulate-user.ts';
import type { Goal, Truth } from './truth.ts';

/** A library in Kindred that more photos may come into. */
export interface GrowingLibrary {
  readonly library: LabelledLibrary;
  /** @returns what was adopted, null where nothing was */
  learn(): Promise<{ readonly projection: Projection | null; readonly refusal: string | null; readonly seconds: number }>;
  /** Brings photos in and compares everything. */
  grow(photos: readonly LabeledFaces[]): Promise<void>;
  /** @returns how many questions the library's review has for its user */
  countQuestions(): Promise<number>;
  close(): Promise<void>;
}

export interface LearningEvaluationOptions {
  readonly sizes: LibrarySizes;
  readonly goal: Goal;
  readonly seeds: readonly number[];
  readonly costs: ActionCosts;
  readonly signal?: AbortSignal;
  openLibrary(library: DrawnLibrary): Promise<GrowingLibrary>;
  readonly onLibrary?: (done: number, total: number) => void;
}

export interface Course {
  /** Of the second half. */
  readonly effort: Effort;
  /** Of all faces whose person is known, when the second half has come in and the user has done nothing yet. */
  readonly fBeforeUser: number;
  /** Likewise: what review would ask. */
  readonly questionsLeft: number;
}

export interface Vals {
  readonly far: number;
  readonly before: number;
  readonly after: number;
}

export interface LearningOfLibrary {
  readonly seed: number;
  readonly faces: number;
  readonly refusal: string | null;
  /** Of learning alone. */
  readonly seconds: number;
  readonly without: Course;
  readonly with: Course;
  /** The second half's faces of the family; null where nothing was adopted. */
  readonly valOfNewFaces: readonly Vals[] | null;
  /** People of whom the library holds no face. */
  readonly valOfStrangers: readonly Vals[] | null;
}

const rates = [1e-3, 1e-4];
/** Of somebody never seen, so that those with many photos do not decide alone. */
const mostFacesOfStranger = 10;

/** @throws AppError "bad-argument" where the photos show too few people, "cancelled" */
export async function evaluateLearning(photos: readonly LabeledFaces[], options: LearningEvaluationOptions): Promise<LearningOfLibrary[]> {
  const halves = dealOut(photos, 1);
  const results: LearningOfLibrary[] = [];
  for (const [index, seed] of options.seeds.entries()) {
    options.onLibrary?.(index, options.seeds.length);
    results.push(await evaluateLibrary(drawLibrary(halves.tune, options.sizes, seed), seed, gatherStrangers(halves.test), options));
  }
  return results;
}

async function evaluateLibrary(
  drawn: DrawnLibrary,
  seed: number,
  strangers: LabeledEmbeddings,
  options: LearningEvaluationOptions,
): Promise<LearningOfLibrary> {
  const middle = Math.floor(drawn.photos.length / 2);
  const first = restrict(drawn, drawn.photos.slice(0, middle));
  const second = drawn.photos.slice(middle);
  const without = await follow(drawn, first, second, { ...options, learns: false });
  const withLearning = await follow(drawn, first, second, { ...options, learns: true });
  const { projection, refusal, seconds } = withLearning.learnt;
  const family = gatherFaces(second, ({ person }) => drawn.truth.named.has(person));
  return {
    seed,
    faces: drawn.faceNames.length,
    refusal,
    seconds,
    without: without.course,
    with: withLearning.course,
    valOfNewFaces: projection === null ? null : compareVals(family, projection),
    valOfStrangers: projection === null ? null : compareVals(strangers, projection),
  };
}

async function follow(
  drawn: DrawnLibrary,
  first: DrawnLibrary,
  second: readonly LabeledFaces[],
  { goal, costs, signal, openLibrary, learns }: LearningEvaluationOptions & { readonly learns: boolean },
) {
  const opened = await openLibrary(first);
  try {
    await simulateUser(opened.library, first.truth, { goal, costs, signal });
    const learnt = learns ? await opened.learn() : { projection: null, refusal: null, seconds: 0 };
    await opened.grow(second);
    const fBeforeUser = await scoreLibrary(opened.library, drawn.truth);
    const questionsLeft = await opened.countQuestions();
    const effort = await simulateUser(opened.library, drawn.truth, { goal, costs, signal });
    return { course: { effort, fBeforeUser, questionsLeft }, learnt };
  } finally {
    await opened.close();
  }
}

/** @returns the library of these photos alone: whoever is to be named and not among them is to be named later */
function restrict({ truth }: DrawnLibrary, photos: readonly LabeledFaces[]): DrawnLibrary {
  const faceNames = photos.flatMap(({ photo, faces }) => faces.map((_, index) => nameFace(photo, index)));
  const identities = new Map(faceNames.map((name) => [name, truth.identities.get(name) ?? null] as const));
  return { photos, faceNames, truth: { identities, named: truth.named } };
}

async function scoreLibrary(library: LabelledLibrary, { identities }: Truth): Promise<number> {
  const people: string[] = [];
  const clusters: string[] = [];
  for (const { id, faces } of await library.listPeople()) {
    for (const face of faces) {
      const identity = identities.get(face) ?? null;
      if (identity === null) continue;
      people.push(identity);
      clusters.push(id);
    }
  }
  return scorePartition(people, clusters).bCubed.f;
}

function gatherStrangers(photos: readonly LabeledFaces[]): LabeledEmbeddings {
  const seen = new Map<string, number>();
  return gatherFaces(photos, ({ person }) => {
    const count = (seen.get(person) ?? 0) + 1;
    seen.set(person, count);
    return count <= mostFacesOfStranger;
  });
}

function gatherFaces(photos: readonly LabeledFaces[], isWanted: (photo: LabeledFaces) => boolean): LabeledEmbeddings {
  const people: string[] = [];
  const vectors: Float32Array[] = [];
  for (const photo of photos) {
    const main = photo.faces.find(({ isMain }) => isMain);
    if (main === undefined || !isWanted(photo)) continue;
    people.push(photo.person);
    vectors.push(main.embedding);
  }
  const length = vectors[0]?.length ?? 1;
  const embeddings = new Float32Array(vectors.length * length);
  vectors.forEach((vector, index) => embeddings.set(vector, index * length));
  return { people, embeddings, length };
}

function compareVals(faces: LabeledEmbeddings, projection: Projection): Vals[] {
  const measure = (measured: LabeledEmbeddings): readonly number[] =>
    measureVerification(measured, { metric: 'cosine', falseAcceptRates: rates, bootstrapRounds: 0, seed: 1 }).rates.map(({ val }) => val);
  const before = measure(faces);
  const projected = projectEmbeddings(faces.embeddings, faces.length, projection);
  const after = measure({ people: faces.people, embeddings: projected, length: projection.outputLength });
  return rates.map((far, index) => ({ far, before: before[index]!, after: after[index]! }));
}
