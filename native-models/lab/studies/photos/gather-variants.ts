/** Looks at the photos of a study, a few at a time, and embeds what is not kept yet of the variants asked for. */

import { readFile } from 'node:fs/promises';
import { AppError, isAppError, photoFaults } from '../../../../electron/base/errors.ts';
import { createRandom, shuffle } from '../../../../electron/base/random.ts';
import type { AnalysisOptions } from '../../../../electron/pipeline/analyze-photo.ts';
import type { AnalysisNetworks } from '../../../../electron/pipeline/networks.ts';
import type { EvaluationProgress, PhotoFailure } from '../../evaluation/analyze-photos.ts';
import { nameLabeledPhoto } from '../../evaluation/labeled-faces.ts';
import { capPhotos, type LabeledPhoto } from '../../evaluation/people-folder.ts';
import { embedVariants, findMainLandmarks, nameVariant, type FaceVariant } from './face-variants.ts';
import { keepVariants, type VariantFace } from './kept-variants.ts';

export interface GatherOptions {
  readonly analysis: AnalysisOptions;
  /** By photo, what is known already; what is computed is put beside it. */
  readonly kept: Map<string, VariantFace>;
  /** That openKeptVariants opened; null to keep nothing beyond this process. */
  readonly keptFile: string | null;
  /** Photos under way at a time. */
  readonly photosAtOnce: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: EvaluationProgress) => void;
}

export interface StudyFace {
  readonly person: string;
  readonly landmarks: Float32Array;
  /** By variant [length]. */
  readonly embeddings: readonly Float32Array[];
}

export interface GatheredVariants {
  readonly faces: readonly StudyFace[];
  /** Relative paths of photos without a main face. */
  readonly missed: readonly string[];
  readonly failed: readonly PhotoFailure[];
}

/** Draws people who are shown at least twice.
 *  @param people at most so many; all of them where there are fewer
 *  @param mostPhotos of each, the first by name, 2 or more */
export function drawStudyPhotos(
  photos: readonly LabeledPhoto[],
  { people, mostPhotos, seed }: { readonly people: number; readonly mostPhotos: number; readonly seed: number },
): LabeledPhoto[] {
  const counts = new Map<string, number>();
  for (const { person } of photos) counts.set(person, (counts.get(person) ?? 0) + 1);
  const names = [...counts].flatMap(([name, count]) => (count > 1 ? [name] : []));
  if (names.length < 2) {
    throw new AppError('bad-argument', `Expected two people or more with two photos each but received ${names.length}`);
  }
  const drawn = new Set(shuffle(names, createRandom(seed)).slice(0, people));
  return capPhotos(photos.filter(({ person }) => drawn.has(person)), mostPhotos);
}

/** @param folder of all people
 *  @throws AppError "cancelled"; what is wrong with a photo is told as its failure */
export async function gatherVariants(
  networks: AnalysisNetworks,
  folder: string,
  photos: readonly LabeledPhoto[],
  variants: readonly FaceVariant[],
  options: GatherOptions,
): Promise<GatheredVariants> {
  const { kept, keptFile, signal, onProgress } = options;
  const found: (VariantFace | null)[] = photos.map(() => null);
  const failed: PhotoFailure[] = [];
  let next = 0;
  let done = 0;
  let faces = 0;
  const work = async (): Promise<void> => {
    while (next < photos.length) {
      if (signal?.aborted === true) throw new AppError('cancelled', 'Expected to look at all photos but received a cancel');
      const index = next++;
      const name = nameLabeledPhoto(folder, photos[index]!);
      try {
        const before = kept.get(name) ?? null;
        const { face, added } = await completeFace(networks, photos[index]!.path, name, before, variants, options.analysis);
        if (added !== null && keptFile !== null) await keepVariants(keptFile, added);
        kept.set(name, face);
        found[index] = face;
        if (face.landmarks !== null) faces += 1;
      } catch (error) {
        if (!isAppError(error) || !photoFaults.has(error.code)) {
          next = photos.length;
          throw error;
        }
        failed.push({ photo: photos[index]!.path, reason: error.code, detail: error.message });
      }
      done += 1;
      onProgress?.({ done, total: photos.length, faces, failed: failed.length });
    }
  };
  const results = await Promise.allSettled(Array.from({ length: options.photosAtOnce }, work));
  for (const result of results) if (result.status === 'rejected') throw result.reason;
  const names = variants.map(nameVariant);
  return {
    failed,
    missed: found.flatMap((face) => (face !== null && face.landmarks === null ? [face.photo] : [])),
    faces: found.flatMap((face, index): StudyFace[] => {
      if (face === null || face.landmarks === null) return [];
      const { landmarks, embeddings } = face;
      return [{ person: photos[index]!.person, landmarks, embeddings: names.map((name) => embeddings.get(name)!) }];
    }),
  };
}

/** @returns the face with all variants asked for, and with those alone that had to be computed; null where none had */
async function completeFace(
  networks: AnalysisNetworks,
  file: string,
  photo: string,
  before: VariantFace | null,
  variants: readonly FaceVariant[],
  analysis: AnalysisOptions,
): Promise<{ face: VariantFace; added: VariantFace | null }> {
  const lacking = variants.filter((variant) => before?.embeddings.has(nameVariant(variant)) !== true);
  if (before !== null && (before.landmarks === null || lacking.length === 0)) return { face: before, added: null };
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw new AppError('unreadable-file', `Expected to read ${file}`, { cause, parameters: { path: file } });
  });
  const landmarks = before?.landmarks ?? (await findMainLandmarks(networks, bytes, analysis));
  const made = landmarks === null ? [] : await embedVariants(networks, bytes, landmarks, lacking, analysis);
  const added = { photo, landmarks, embeddings: new Map(made.map((embedding, index) => [nameVariant(lacking[index]!), embedding])) };
  return { face: { ...added, embeddings: new Map([...(before?.embeddings ?? []), ...added.embeddings]) }, added };
}
