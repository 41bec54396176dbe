/** Learns from the people whom the user has named: trains a projection, measures it, and adopts it where it helps. */

import type { LearntVersion } from '../api/schemas.ts';
import { groupBy } from '../base/group-by.ts';
import { createRandom, drawSome, type Random } from '../base/random.ts';
import type { LibraryDatabase } from '../database/library-database.ts';
import type { ClusteringFaces } from '../terms/clustering-input.ts';
import type { Gain } from '../learning/projection/hold-out.ts';
import type { LearningOptions, LearningOutcome } from '../learning/projection/learn-projection.ts';
import { startLearning } from '../learning/projection/start-learning.ts';
import type { ClusteringPlan } from './analysis-plan.ts';
import type { LibraryClusterer } from './cluster-library.ts';
import type { JobWork } from './job-runner.ts';

export interface LearningPlan extends ClusteringPlan {
  /** The pack's own, Euclidean, of unit vectors. */
  readonly sameDistance: number;
}

export interface LearningDependencies {
  readonly database: LibraryDatabase;
  readonly clusterer: LibraryClusterer;
  readonly options: LearningOptions;
  /** Of the pack that is active by then: a switch may have come before. */
  readonly plan: () => Promise<LearningPlan>;
  /** Called when faces are compared in another way from now on: plans made before are of the past. */
  readonly onProjectionChange: () => void;
  readonly onLibraryChange: () => void;
}

type Report = Omit<LearntVersion, 'version' | 'state' | 'createdAt'>;

/** The same faces give the same projection. */
const seed = 1;
/** Pairs of people that a report names. */
const mostToldApart = 10;
const trainingShare = 1_000;

export function createLearnWork(dependencies: LearningDependencies): JobWork<'learn'> {
  const { database, clusterer, options, onProjectionChange, onLibraryChange } = dependencies;

  return async (_job, { control, report }) => {
    const before = await dependencies.plan();
    const input = await database.readClusteringInput(before.packId);
    const { faces, labels } = chooseFaces(input, options, before.clustering.minSeedQuality);
    report({ stage: 'learning', done: 0, total: trainingShare });
    const embeddings = await database.readEmbeddings(before.packId, pick(input.embeddingRows, faces));
    const outcome = await startLearning(
      {
        length: input.embeddingLength,
        embeddings,
        labels: Int32Array.from(faces, (face) => labels[face]!),
        people: Int32Array.from(faces, (face) => readPerson(input, face)),
        photos: Int32Array.from(faces, (face) => input.photoIndices[face]!),
        sameDistance: before.sameDistance,
        seed,
      },
      options,
      { signal: control.signal, onProgress: (done) => report({ done: Math.round(done * trainingShare) }) },
    );
    await control.checkpoint();
    const described = describeOutcome(outcome, input, (await database.countLabels()).faces);
    if (outcome.learnt === null) {
      const version = await database.saveProjection({ packId: before.packId, learnt: null, report: described });
      return { version, isAdopted: false, ...described };
    }
    report({ stage: 'clustering', done: trainingShare });
    // Both counts are taken of a library that was just compared, so that they differ by what was learnt alone.
    await clusterer.cluster(before, { signal: control.signal });
    const questionsBefore = await countQuestions(before);
    control.signal.throwIfAborted();
    const version = await database.saveProjection({ packId: before.packId, learnt: outcome.learnt, report: described });
    onProjectionChange();
    // From here on the library is one of the new version; what a cancel leaves undone the next clustering does.
    const after = await dependencies.plan();
    await clusterer.cluster(after);
    const questionsAfter = await countQuestions(after);
    await database.noteQuestions(version, { before: questionsBefore, after: questionsAfter });
    onLibraryChange();
    return { version, isAdopted: true, ...described, questionsBefore, questionsAfter };
  };

  async function countQuestions(plan: ClusteringPlan): Promise<number> {
    const inquiry = { kind: 'questions', limit: 1, personId: null, skipped: [], includeOpen: false } as const;
    return (await clusterer.ask<'questions'>(plan, inquiry)).questionsLeft;
  }
}

/** Faces of named people, and others for how far faces are apart at all.
 *  @returns rows of the input, and [all faces] the person of those that teach, else -1 */
function chooseFaces(
  input: ClusteringFaces,
  { mostFacesPerPerson, backgroundFaces }: LearningOptions,
  minQuality: number,
): { faces: number[]; labels: Int32Array } {
  const random: Random = createRandom(seed);
  const labels = new Int32Array(input.faceIds.length).fill(-1);
  const good = [...input.personIndices.keys()].filter((face) => input.qualities[face]! >= minQuality);
  const named = good.filter((face) => {
    const person = input.people[input.personIndices[face]!];
    return person !== undefined && person.name !== null && !person.isIgnored;
  });
  const taught = [...groupBy(named, (face) => input.personIndices[face]!)].flatMap(([person, faces]) => {
    // What the user has confirmed face by face comes first.
    const confirmed = faces.filter((face) => input.confirmed[face] === 1);
    const others = faces.filter((face) => input.confirmed[face] !== 1);
    const chosen = drawSome(confirmed, mostFacesPerPerson, random);
    chosen.push(...drawSome(others, mostFacesPerPerson - chosen.length, random));
    for (const face of chosen) labels[face] = person;
    return chosen;
  });
  const faces = new Set([...taught, ...drawSome(good, backgroundFaces, random)]);
  return { faces: [...faces].sort((one, other) => one - other), labels };
}

/** A face without a person is a person of its own. */
function readPerson(input: ClusteringFaces, face: number): number {
  const person = input.personIndices[face]!;
  return person >= 0 ? person : input.people.length + face;
}

function pick(rows: Float64Array, faces: readonly number[]): Float64Array {
  return Float64Array.from(faces, (face) => rows[face]!);
}

function describeOutcome({ refusal, peopleCount, faceCount, heldOut }: LearningOutcome, { people }: ClusteringFaces, labelledFaces: number): Report {
  const gain = ({ far, valBefore, valAfter, standardError }: Gain) => ({ far, valBefore, valAfter, standardError });
  const nameOf = (person: number): string => people[person]?.name ?? '';
  return {
    refusal,
    people: peopleCount,
    faces: faceCount,
    labelledFaces,
    heldOut: heldOut === null ? null : gain(heldOut.faces),
    others: heldOut?.others == null ? null : gain(heldOut.others),
    toldApart: (heldOut?.toldApart ?? []).slice(0, mostToldApart).map(({ people: [one, other], ...counts }) => {
      return { names: [nameOf(one), nameOf(other)] as [string, string], ...counts };
    }),
    questionsBefore: null,
    questionsAfter: null,
  };
}
