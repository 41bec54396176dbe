/** The one shape of the addresses of pictures, `/media/<kind>/<id>?size=<px>&v=<version>`: ids only, never paths.
 *
 *  [Note: picture versions] What lies behind an address with the right version never changes, so browsers are told to keep it
 *  for a year. A photo's id stands for its content. A face's does not: a new detection moves its box and its landmarks, or a
 *  neighbour's, who has a say in how it is cut; the face's record then carries another picture number. And a Kindred that
 *  draws pictures of a kind otherwise raises the kind's style. An address with another version, or none, is answered with the
 *  picture as it is now, which is asked for again the next time. */

import { z } from 'zod';
import { AppError } from '../base/errors.ts';
import { mediaKinds, pictureStyles, type MediaKind } from './picture-kinds.ts';

export interface MediaRequest {
  readonly kind: MediaKind;
  readonly id: string;
  /** Longest edge, in pixels. */
  readonly sizePx: number;
  /** Of the picture that whoever formed the address meant. */
  readonly version: string | null;
}

const mediaPrefix = '/media/';
const defaultSizePx = 256;

const mediaRequestSchema = z.object({
  kind: z.enum(mediaKinds),
  id: z.uuid(),
  sizePx: z.coerce.number().int().min(16).max(4096),
  version: z
    .string()
    .regex(/^\d{1,6}(\.\d{1,16})?$/)
    .nullable(),
});

/** @param pictureNumber of a face's record; null for a photo
 *  @returns see [Note: picture versions] */
export function formatPictureVersion(kind: MediaKind, pictureNumber: number | null): string {
  return pictureNumber === null ? `${pictureStyles[kind]}` : `${pictureStyles[kind]}.${pictureNumber}`;
}

/** @param sizePx longest edge wanted, 16 to 4096
 *  @param pictureNumber of the face's record; null for a photo, and for a face of which only the id is known */
export function formatMediaPath(kind: MediaKind, id: string, sizePx: number, pictureNumber: number | null = null): string {
  const path = `${mediaPrefix}${kind}/${id}?size=${Math.round(sizePx)}`;
  return kind !== 'photo' && pictureNumber === null ? path : `${path}&v=${formatPictureVersion(kind, pictureNumber)}`;
}

/**
 * @returns null where the address is not one of media
 * @throws AppError "bad-argument" where it is one, but names no kind, id, size or version that could be right
 */
export function parseMediaPath(url: URL): MediaRequest | null {
  if (!url.pathname.startsWith(mediaPrefix)) return null;
  const [kind, id, ...rest] = url.pathname.slice(mediaPrefix.length).split('/');
  const parsed = mediaRequestSchema.safeParse({
    kind,
    id,
    sizePx: url.searchParams.get('size') ?? defaultSizePx,
    version: url.searchParams.get('v'),
  });
  if (!parsed.success || rest.length > 0) {
    throw new AppError('bad-argument', 'Expected /media/<photo, face, chip or frontal>/<id>?size=<16 to 4096>&v=<version> for the address');
  }
  return parsed.data;
}
