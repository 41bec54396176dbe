/** Pictures of a face as recognition sees it, for people: the chip, and the frontal view. */

import type { Template } from '../../native-models/packs/manifest.ts';
import { readStandardManifest } from '../../native-models/packs/standard-pack.ts';
import { isAppError } from '../base/errors.ts';
import { decodePhoto, readImageHeader, samplePhoto } from '../imaging/decode.ts';
import { roundPixels } from '../imaging/pixels.ts';
import { encodeWebp, maxWorkingPixels, type ThumbnailOptions } from '../imaging/thumbnails.ts';
import { fitChip } from './align.ts';
import { cutFrontalChip } from './frontal-chip.ts';

export type FaceView = 'chip' | 'frontal';

/** By the standard pack's template, whichever pack found the landmarks.
 *  @param bytes of the whole file
 *  @param landmarks [68, 2] or [5, 2], upright photo pixels
 *  @returns WebP; null for landmarks that coincide, and for a frontal view of a head that is seen from its side
 *  @throws AppError as readImageHeader and decodePhoto do */
export async function renderFaceView(
  bytes: Uint8Array,
  landmarks: Float32Array,
  { view, sizePx, maxPixels }: ThumbnailOptions & { readonly view: FaceView },
): Promise<Uint8Array | null> {
  const header = await readImageHeader(bytes, { maxPixels });
  const photo = await decodePhoto(bytes, header, { maxPixels, maxWorkingPixels });
  const template = scaleTemplate(readStandardManifest().embedder.template, sizePx);
  try {
    const chip =
      view === 'frontal'
        ? cutFrontalChip(photo, landmarks, template).chip
        : samplePhoto(photo, fitChip(landmarks, template), { width: sizePx, height: sizePx });
    return await encodeWebp(roundPixels(chip));
  } catch (error) {
    if (isAppError(error, 'degenerate-landmarks')) return null;
    throw error;
  }
}

function scaleTemplate(template: Template, sizePx: number): Template {
  const scale = sizePx / template.chipSizePx;
  return { ...template, chipSizePx: sizePx, points: template.points.map(([x, y]) => [x * scale, y * scale]) as Template['points'] };
}
