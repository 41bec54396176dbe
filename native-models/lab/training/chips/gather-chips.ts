/** Finds the main face of every photo in a folder per person and cuts its chip, or takes both from where they are kept. */

import { readFile } from 'node:fs/promises';
import { isAppError, photoFaults } from '../../../../electron/base/errors.ts';
import { affineScale, composeAffine } from '../../../../electron/geometry/affine.ts';
import { decodePhoto, readImageHeader, warpPhoto } from '../../../../electron/imaging/decode.ts';
import { fitChip } from '../../../../electron/pipeline/align.ts';
import type { AnalyzerPool } from '../../../../electron/pipeline/worker-pool.ts';
import { analyzePhotos, type EvaluationOptions, type PhotoFailure } from '../../evaluation/analyze-photos.ts';
import { nameLabeledPhoto } from '../../evaluation/labeled-faces.ts';
import { pickMainFace } from '../../evaluation/main-face.ts';
import { listLabeledPhotos, type LabeledPhoto } from '../../evaluation/people-folder.ts';
import { isSameShape, type ChipShape } from './chip-shape.ts';
import { readKeptChips, writeKeptChips, type KeptFacesKey } from './kept-chips.ts';
import { chipToKept, sizeKeptChip, type MainFaceOfPhoto, type TrainingChip } from './training-chip.ts';

export interface GatherOptions {
  readonly folder: string;
  readonly shape: ChipShape;
  /** What finds the faces; faces of another key are found anew. */
  readonly key: KeptFacesKey;
  /** Where chips are kept; null keeps none. */
  readonly cacheFile: string | null;
  readonly maxPixels: number;
  /** Looks at photos that are not kept; asked only where there are any. */
  readonly analyze: <Value>(look: (pool: AnalyzerPool, options: Omit<EvaluationOptions, 'change'>) => Promise<Value>) => Promise<Value>;
  readonly onCut?: (progress: { readonly done: number; readonly total: number }) => void;
}

export interface GatheredChips {
  /** By person and photo. */
  readonly chips: readonly TrainingChip[];
  /** Photos without a main face. */
  readonly missed: number;
  readonly failed: readonly PhotoFailure[];
}

/** @throws AppError "not-found" for a folder without people, "cancelled", "bad-argument" for a cache file that is none */
export async function gatherChips(options: GatherOptions): Promise<GatheredChips> {
  const { folder, shape, key, cacheFile } = options;
  const photos = await listLabeledPhotos(folder);
  const names = photos.map((photo) => nameLabeledPhoto(folder, photo));
  const kept = cacheFile === null ? null : await readKeptChips(cacheFile, key);
  const looked = new Set(kept === null ? [] : [...kept.missed, ...kept.chips.map(({ photo }) => photo)]);
  const unseen = photos.filter((_, index) => !looked.has(names[index]!));
  const found = unseen.length === 0 ? noFaces : await findMainFaces(options, unseen);
  const isShaped = kept !== null && isSameShape(kept.shape, shape);
  const ready = new Map(kept === null || !isShaped ? [] : kept.chips.map((chip) => [chip.photo, chip] as const));
  const faces = new Map([...(kept?.chips ?? []), ...found.faces].map((face) => [face.photo, face] as const));
  const chips: TrainingChip[] = [];
  const failed = [...found.failed];
  for (const [index, photo] of photos.entries()) {
    options.onCut?.({ done: index + 1, total: photos.length });
    const face = faces.get(names[index]!);
    if (face === undefined) continue;
    const chip = ready.get(face.photo) ?? (await cutOrNote(photo.path, face, options, failed));
    if (chip !== null) chips.push(chip);
  }
  const missed = [...(kept?.missed ?? []), ...found.missed];
  if (cacheFile !== null && (unseen.length > 0 || !isShaped)) await writeKeptChips(cacheFile, { key, shape, missed, chips });
  const isListed = new Set(names);
  return { chips, missed: missed.filter((name) => isListed.has(name)).length, failed };
}

const noFaces = { faces: [] as MainFaceOfPhoto[], missed: [] as string[], failed: [] as readonly PhotoFailure[] };

async function findMainFaces({ folder, analyze }: GatherOptions, photos: readonly LabeledPhoto[]): Promise<typeof noFaces> {
  const { values, failed } = await analyze((pool, options) =>
    analyzePhotos(
      pool,
      photos.map(({ path }) => path),
      (analyzed, index) => {
        const main = pickMainFace(analyzed.faces, analyzed);
        const { person } = photos[index]!;
        const photo = nameLabeledPhoto(folder, photos[index]!);
        return main === null ? photo : { photo, person, landmarks: main.landmarks, quality: main.quality };
      },
      options,
    ),
  );
  return {
    faces: values.filter((value) => value !== null && typeof value !== 'string'),
    missed: values.filter((value) => typeof value === 'string'),
    failed,
  };
}

/** @returns null where the photo could not be read, which `failed` takes */
async function cutOrNote(
  path: string,
  face: MainFaceOfPhoto,
  options: Pick<GatherOptions, 'shape' | 'maxPixels'>,
  failed: PhotoFailure[],
): Promise<TrainingChip | null> {
  try {
    return await cutChip(await readFile(path), face, options);
  } catch (error) {
    if (!isAppError(error) || !(photoFaults.has(error.code) || error.code === 'degenerate-landmarks')) throw error;
    failed.push({ photo: path, reason: error.code, detail: error.message });
    return null;
  }
}

/** Pixels that the photo does not hold are not made up: a chip that would have to be enlarged is kept smaller.
 *  @param bytes of the photo's file
 *  @throws AppError as decodePhoto does, "degenerate-landmarks" */
export async function cutChip(
  bytes: Uint8Array,
  { photo: name, person, landmarks, quality }: MainFaceOfPhoto,
  { shape, maxPixels }: { readonly shape: ChipShape; readonly maxPixels: number },
): Promise<TrainingChip> {
  const photoToChip = fitChip(landmarks, shape.template);
  const scale = Math.min(1, 1 / affineScale(photoToChip));
  const header = await readImageHeader(bytes, { maxPixels });
  const enoughScale = Math.min(1, affineScale(photoToChip));
  const photo = await decodePhoto(bytes, header, { maxPixels, maxWorkingPixels: maxPixels, enoughScale });
  const image = warpPhoto(photo, composeAffine(chipToKept(shape, scale), photoToChip), sizeKeptChip(shape, scale));
  return { photo: name, person, landmarks, quality, scale, image };
}
