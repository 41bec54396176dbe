/** FaceNet's studies of JPEG quality and image size: VAL by setting beside the published figures. */

import { AppError } from '../../../../electron/base/errors.ts';
import { isEnough, measureVerification, type ValidationRate, type VerificationOptions } from '../../../../electron/learning/verification/verification.ts';
import type { FaceVariant } from './face-variants.ts';
import type { StudyFace } from './gather-variants.ts';

export type PhotoStudyName = 'jpeg' | 'pixels';

interface PublishedFigure {
  /** JPEG quality, or pixels of the face. */
  readonly setting: number;
  /** 0 to 1, VAL at FAR 1e-3. */
  readonly val: number;
}

/** Of NN1 on the first split of its hold-out set, at FAR 1e-3.
 *  Source: Schroff, Kalenichenko and Philbin 2015, table 4. */
export const publishedFigures: Readonly<Record<PhotoStudyName, readonly PublishedFigure[]>> = {
  jpeg: [
    { setting: 10, val: 0.673 },
    { setting: 20, val: 0.814 },
    { setting: 30, val: 0.839 },
    { setting: 50, val: 0.855 },
    { setting: 70, val: 0.861 },
    { setting: 90, val: 0.865 },
  ],
  pixels: [
    { setting: 1_600, val: 0.378 },
    { setting: 6_400, val: 0.795 },
    { setting: 14_400, val: 0.845 },
    { setting: 25_600, val: 0.857 },
    { setting: 65_536, val: 0.864 },
  ],
};

export interface StudyRate extends ValidationRate {
  /** Whether the impostor pairs suffice for the FAR, see [Note: enough impostors] in verification.ts. */
  readonly isEnough: boolean;
}

export interface StudyRow {
  /** Null for the photos as they are. */
  readonly setting: number | null;
  readonly published: number | null;
  /** By FAR; null where the photos do not hold so many pixels. */
  readonly rates: readonly StudyRate[] | null;
}

export interface PhotoStudy {
  readonly people: number;
  readonly faces: number;
  readonly genuinePairs: number;
  readonly impostorPairs: number;
  /** Pixels of the photos under the chip that the embedder sees, median over the faces. */
  readonly heldPixels: number;
  /** As they are last. */
  readonly rows: readonly StudyRow[];
}

/** @param heldPixels median over the faces
 *  @returns the variants whose embeddings the study wants: the photos as they are first. A size that most faces do not hold is
 *    none of them: such chips would be no better for having been enlarged */
export function listVariants(study: PhotoStudyName, heldPixels: number): FaceVariant[] {
  const settings = publishedFigures[study].map(({ setting }) => setting);
  if (study === 'jpeg') return [{ kind: 'original' }, ...settings.map((quality) => ({ kind: 'jpeg', quality }) as const)];
  const held = settings.filter((pixels) => pixels <= heldPixels);
  return [{ kind: 'original' }, ...held.map((pixels) => ({ kind: 'pixels', pixels }) as const)];
}

/**
 * @param faces embedded in the variants of listVariants
 * @param heldPixels median over the faces
 * @throws AppError "bad-argument" where there are no pairs of either kind
 */
export function measurePhotoStudy(
  study: PhotoStudyName,
  faces: readonly StudyFace[],
  heldPixels: number,
  options: Omit<VerificationOptions, 'metric'>,
): PhotoStudy {
  const people = faces.map(({ person }) => person);
  const measure = (variant: number) => {
    const length = faces[0]!.embeddings[variant]!.length;
    const embeddings = new Float32Array(faces.length * length);
    faces.forEach((face, index) => embeddings.set(face.embeddings[variant]!, index * length));
    return measureVerification({ embeddings, length, people }, { ...options, metric: 'cosine' });
  };
  const original = measure(0);
  const rate = (rates: readonly ValidationRate[]): StudyRate[] =>
    rates.map((one) => ({ ...one, isEnough: isEnough(one.far, original.impostorPairs) }));
  const rows = publishedFigures[study].map(({ setting, val: published }, index): StudyRow => {
    const isHeld = study === 'jpeg' || setting <= heldPixels;
    return { setting, published, rates: isHeld ? rate(measure(index + 1).rates) : null };
  });
  return {
    people: original.people,
    faces: original.faces,
    genuinePairs: original.genuinePairs,
    impostorPairs: original.impostorPairs,
    heldPixels,
    rows: [...rows, { setting: null, published: null, rates: rate(original.rates) }],
  };
}

/** @throws AppError "bad-argument" for no values */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new AppError('bad-argument', 'Expected main faces but found none');
  const sorted = values.toSorted((one, other) => one - other);
  return (sorted[Math.floor((sorted.length - 1) / 2)]! + sorted[Math.floor(sorted.length / 2)]!) / 2;
}
