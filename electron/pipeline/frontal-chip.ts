/** Cuts a face's chip from its frontal view instead of from the photo, see [Note: frontal view] in geometry/frontal-view.ts. */

import type { Template } from '../../native-models/packs/manifest.ts';
import { applyAffine, invertAffine } from '../geometry/affine.ts';
import { mapFrontalView, planFrontalView } from '../geometry/frontal-view.ts';
import type { PerspectivePose } from '../geometry/perspective-pose.ts';
import type { AffineMatrix } from '../geometry/types.ts';
import { samplePhotoAt, type DecodedPhoto } from '../imaging/decode.ts';
import type { SampledImage } from '../imaging/pixels.ts';
import { fitChip } from './align.ts';

export interface FrontalChip {
  /** Of the template's size. */
  readonly chip: SampledImage;
  /** Of the head in the photo; roll is what the similarity transform has left of it. */
  readonly pose: PerspectivePose;
  /** [height, width], 0 to 1: how much of a pixel comes from the other side of the face. */
  readonly mirroredShares: Float32Array;
}

export interface FrontalChipOptions {
  /** Whether what is hidden is taken from the other side, see [Note: hidden side]; by default it is. */
  readonly fillsHiddenSide?: boolean;
}

/** The template is fitted to the landmarks of the frontal view; a face that looks straight on gets the chip of fitChip.
 *  @param landmarks [68, 2], or [5, 2] for the template arcface-5; upright photo pixels
 *  @throws AppError "degenerate-landmarks" where they have no pose, or one of a head seen from its side; "bad-argument" for
 *    another number of them */
export function cutFrontalChip(
  photo: DecodedPhoto,
  landmarks: Float32Array,
  template: Template,
  { fillsHiddenSide = true }: FrontalChipOptions = {},
): FrontalChip {
  const photoToChip = fitChip(landmarks, template);
  const view = planFrontalView(mapPoints(landmarks, photoToChip));
  const size = { width: template.chipSizePx, height: template.chipSizePx };
  const { places, mirrored, mirroredShares } = mapFrontalView(view, invertAffine(fitChip(view.landmarks, template)), size);
  const chip = samplePhotoAt(photo, photoToChip, places, size);
  if (!fillsHiddenSide) mirroredShares.fill(0);
  if (mirroredShares.some((share) => share > 0)) {
    const other = samplePhotoAt(photo, photoToChip, mirrored, size);
    chip.data.forEach((value, at) => (chip.data[at] = value + (other.data[at]! - value) * mirroredShares[(at / 3) | 0]!));
  }
  return { chip, pose: view.pose, mirroredShares };
}

function mapPoints(points: Float32Array, matrix: AffineMatrix): Float32Array {
  const mapped = new Float32Array(points.length);
  for (let at = 0; at < points.length; at += 2) mapped.set(applyAffine(matrix, [points[at]!, points[at + 1]!]), at);
  return mapped;
}
