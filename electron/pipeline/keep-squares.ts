/** Cuts the squares of a photo's faces while its pixels are at hand, and keeps them: nobody has to wait for them later, nor
 *  for the drive that the photo lies on. */

import { faceSizesPx } from '../api/picture-kinds.ts';
import { intersectionArea } from '../geometry/boxes.ts';
import { planFaceSquare, type FaceSquare } from '../geometry/face-square.ts';
import type { Box } from '../geometry/types.ts';
import type { DecodedPhoto } from '../imaging/decode.ts';
import { drawFaceSquare } from '../imaging/draw-face-square.ts';
import { createFaceKey, type KeptPictures } from '../imaging/kept-pictures.ts';
import { encodeWebp } from '../imaging/thumbnails.ts';
import type { PartWanted } from './find-sources.ts';

/** Larger ones are made when they are asked for. */
const sizePx = faceSizesPx[0];
/** A square may be enlarged by this factor from a photo that was shrunk while decoding. At 1.5 a face is decoded again for
 *  its picture alone in few photos: chips, which see less of it, want nearly as many pixels of it. */
const maxEnlargement = 1.5;

export interface LackingSquare extends PartWanted {
  readonly key: string;
  readonly plan: FaceSquare;
}

/** @param boxes of all faces that the photo is to have, upright photo pixels
 *  @returns those whose squares are not kept yet */
export async function listLackingSquares(
  pictures: KeptPictures,
  contentHash: Uint8Array,
  { boxes, photo }: { boxes: readonly Box[]; photo: { width: number; height: number } },
): Promise<LackingSquare[]> {
  const bounds = { x: 0, y: 0, width: photo.width, height: photo.height };
  const squares: LackingSquare[] = [];
  for (const box of boxes) {
    if (intersectionArea(box, bounds) === 0) continue;
    const plan = planFaceSquare(box, boxes, photo);
    const key = createFaceKey(contentHash, plan, sizePx);
    if (!(await pictures.has('face', key))) squares.push({ key, plan, box: plan.square, scale: sizePx / plan.square.width, maxEnlargement });
  }
  return squares;
}

/** @param source of which at least the square's part is decoded */
export async function keepSquare(pictures: KeptPictures, { key, plan }: LackingSquare, source: DecodedPhoto): Promise<void> {
  await pictures.write('face', key, await encodeWebp(await drawFaceSquare(source, plan, sizePx)));
}
