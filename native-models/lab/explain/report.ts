/** What a page of an explained photo tells. */

import type { ExplainedPhoto } from './explain-photo.ts';

export interface LibraryNeighbour {
  /** Null for somebody without a name. */
  readonly name: string | null;
  readonly fileName: string;
  /** Euclidean. */
  readonly distance: number;
  /** A data URL; null where the photo cannot be read any more. */
  readonly pictureUrl: string | null;
}

/** What a library knows of the shown faces, or why nothing is said. */
export type LibraryAnswer =
  | { readonly kind: 'compared'; readonly faces: number; readonly byFace: readonly { readonly number: number; readonly nearest: readonly LibraryNeighbour[] }[] }
  | { readonly kind: 'left-out'; readonly reason: string };

export interface Report {
  readonly fileName: string;
  readonly explained: ExplainedPhoto;
  readonly pack: string;
  /** What found the faces. */
  readonly detector: 'network' | 'hog';
  /** Euclidean distance up to which two faces are taken for one person's. */
  readonly sameDistance: number;
  readonly library: LibraryAnswer;
}
