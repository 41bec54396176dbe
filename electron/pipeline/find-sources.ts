/** Finds the best pixels there are for parts of a photo that are to be cut out of it. */

import { decodeParts, storedScale, type DecodedPhoto } from '../imaging/decode.ts';
import type { Box } from '../geometry/types.ts';

export interface PartWanted {
  /** Upright photo pixels. */
  readonly box: Box;
  /** Pixels of what is cut along one of the photo's. */
  readonly scale: number;
  /** It may be enlarged by this factor from a photo that was shrunk while decoding; beyond that, it is decoded again in full. */
  readonly maxEnlargement: number;
}

/** @param bytes of the photo's file
 *  @returns for each part the photo as it is, or the part decoded again in full */
export async function findSources(bytes: Uint8Array, photo: DecodedPhoto, parts: readonly PartWanted[]): Promise<DecodedPhoto[]> {
  const workingScale = storedScale(photo);
  const isShort = ({ scale, maxEnlargement }: PartWanted): boolean => workingScale < 0.999 && scale > workingScale * maxEnlargement;
  const short = parts.filter(isShort);
  const decoded = await decodeParts(bytes, photo.header, short.map(({ box }) => box));
  return parts.map((part) => decoded[short.indexOf(part)] ?? photo);
}
