/** The one shape of the addresses of thumbnails, `/media/<kind>/<id>?size=<px>`: ids only, never paths. */

import { z } from 'zod';
import { AppError } from '../base/errors.ts';

/** chip and frontal show a face as recognition does: turned upright, and seen from the front. */
export const mediaKinds = ['photo', 'face', 'chip', 'frontal'] as const;
export type MediaKind = (typeof mediaKinds)[number];

export interface MediaRequest {
  readonly kind: MediaKind;
  readonly id: string;
  /** Longest edge, in pixels. */
  readonly sizePx: number;
}

const mediaPrefix = '/media/';
const defaultSizePx = 256;

const mediaRequestSchema = z.object({
  kind: z.enum(mediaKinds),
  id: z.uuid(),
  sizePx: z.coerce.number().int().min(16).max(4096),
});

/** @param sizePx longest edge wanted, 16 to 4096 */
export function formatMediaPath(kind: MediaKind, id: string, sizePx: number): string {
  return `${mediaPrefix}${kind}/${id}?size=${Math.round(sizePx)}`;
}

/**
 * @returns null where the address is not one of media
 * @throws AppError "bad-argument" where it is one, but names no kind, id or size that could be right
 */
export function parseMediaPath(url: URL): MediaRequest | null {
  if (!url.pathname.startsWith(mediaPrefix)) return null;
  const [kind, id, ...rest] = url.pathname.slice(mediaPrefix.length).split('/');
  const parsed = mediaRequestSchema.safeParse({ kind, id, sizePx: url.searchParams.get('size') ?? defaultSizePx });
  if (!parsed.success || rest.length > 0) {
    throw new AppError('bad-argument', 'Expected /media/<photo, face, chip or frontal>/<id>?size=<16 to 4096> for the address');
  }
  return parsed.data;
}
