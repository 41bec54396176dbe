/** Evaluates verification on photos in a folder per person: their main faces, every one with every other, or in given pairs. */

import { AppError } from '../../../electron/base/errors.ts';
import { normalizeVector, squaredDistance } from '../../../electron/geometry/vectors.ts';
import type { LabeledEmbeddings, PairMetric } from '../../../electron/learning/verification/face-pairs.ts';
import { nameLabeledPhoto, type LabeledFaces } from './labeled-faces.ts';
import { measurePairFolds, type PairScores } from './pairs/pair-protocol.ts';
import type { FindPairPhoto } from './pairs/pair-photos.ts';
import type { PairFolds, PairPhoto } from './pairs/pairs-file.ts';
import type { LabeledPhoto } from './people-folder.ts';
import { canSplit, measureSplits, type SplitScores } from './verification-splits.ts';
import { measureVerification, type VerificationOptions, type VerificationScores } from '../../../electron/learning/verification/verification.ts';

export interface VerificationEvaluationOptions extends VerificationOptions {
  /** Parts that the people are dealt into for means over splits, 2 or more. */
  readonly splits: number;
}

export interface VerificationEvaluation {
  readonly scores: VerificationScores;
  /** Null where there are too few people for so many. */
  readonly splits: SplitScores | null;
}

/** @throws AppError "bad-argument" where there are no main faces; as measureVerification and measureSplits do */
export function evaluateVerification(faces: readonly LabeledFaces[], options: VerificationEvaluationOptions): VerificationEvaluation {
  const { splits, ...verification } = options;
  const embeddings = gatherMainFaces(faces);
  const isSplit = canSplit(embeddings.people, options);
  return {
    scores: measureVerification(embeddings, verification),
    splits: isSplit ? measureSplits(embeddings, { ...verification, splits }) : null,
  };
}

/** @param folder of all people
 *  @returns paths of the photos without a main face, those that cannot be read among them: no part of any pair */
export function listMissed(folder: string, photos: readonly LabeledPhoto[], faces: readonly LabeledFaces[]): string[] {
  const found = new Set(faces.filter((photo) => findMain(photo) !== null).map(({ photo }) => photo));
  return photos.filter((photo) => !found.has(nameLabeledPhoto(folder, photo))).map(({ path }) => path);
}

/** @param file that names the pairs, for messages
 *  @returns the photos that the pairs name, each once
 *  @throws AppError "not-found" for one that is not there, naming it and the file */
export function listPairPhotos(folds: PairFolds, find: FindPairPhoto, file: string): LabeledPhoto[] {
  const photos = new Set<LabeledPhoto>();
  for (const { first, second } of folds.flat()) {
    for (const named of [first, second]) photos.add(requirePhoto(named, find, file));
  }
  return [...photos];
}

/** @param faces of the photos that the pairs name; one that is missing could not be read, and has no face
 *  @throws AppError as measurePairFolds does */
export function evaluatePairs(
  folds: PairFolds,
  find: FindPairPhoto,
  faces: readonly LabeledFaces[],
  { folder, metric }: { readonly folder: string; readonly metric: PairMetric },
): PairScores {
  const embeddings = new Map(
    faces.flatMap((photo) => {
      const main = findMain(photo);
      return main === null ? [] : [[photo.photo, metric === 'cosine' ? normalizeVector(main) : main] as const];
    }),
  );
  const embeddingOf = (named: PairPhoto): Float32Array | undefined => {
    const photo = find(named);
    return photo === null ? undefined : embeddings.get(nameLabeledPhoto(folder, photo));
  };
  return measurePairFolds(
    folds.map((pairs) =>
      pairs.map(({ first, second, isGenuine }) => {
        const [one, other] = [embeddingOf(first), embeddingOf(second)];
        const distance = one === undefined || other === undefined ? null : Math.sqrt(squaredDistance(one, other));
        return { distance, isGenuine };
      }),
    ),
  );
}

function requirePhoto(named: PairPhoto, find: FindPairPhoto, file: string): LabeledPhoto {
  const photo = find(named);
  if (photo !== null) return photo;
  const name = `${named.person}/${named.person}_${String(named.number).padStart(4, '0')}.jpg`;
  throw new AppError('not-found', `Expected the photo ${name}, which ${file} names, but found none`, {
    parameters: { path: `photo ${name}, which ${file} names` },
  });
}

function gatherMainFaces(faces: readonly LabeledFaces[]): LabeledEmbeddings {
  const found = faces.flatMap((photo) => {
    const embedding = findMain(photo);
    return embedding === null ? [] : [{ person: photo.person, embedding }];
  });
  const length = found[0]?.embedding.length;
  if (length === undefined) throw new AppError('bad-argument', 'Expected main faces but found none');
  const embeddings = new Float32Array(found.length * length);
  found.forEach(({ embedding }, index) => embeddings.set(embedding, index * length));
  return { embeddings, length, people: found.map(({ person }) => person) };
}

function findMain({ faces }: LabeledFaces): Float32Array | null {
  return faces.find(({ isMain }) => isMain)?.embedding ?? null;
}
