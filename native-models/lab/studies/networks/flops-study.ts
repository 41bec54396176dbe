/** FLOPS against accuracy: what networks cost for a face, beside how well they tell people apart. */

import { studyNetworks } from './network-costs.ts';

/** [Note: FLOPS] FaceNet calls multiply-adds FLOPS; so do the figures here. */
export interface FlopsPoint {
  readonly kind: 'published' | 'pack' | 'trained';
  readonly name: string;
  /** Of the embedder, for one face, as Kindred counts them. */
  readonly multiplyAdds: number;
  /** Null where nothing is published. */
  readonly publishedMultiplyAdds: number | null;
  /** At a FAR of 1e-3, 0 to 1; null where nobody has measured it. */
  readonly val: number | null;
  /** Of `val`; null where it was not computed. */
  readonly standardError: number | null;
  /** What VAL was measured on: figures of different data do not compare. Null where there is none, or it is not said. */
  readonly data: string | null;
}

export const flopsFar = 1e-3;

/** The six networks as the paper measured them, at what ours cost. */
export function listPublishedPoints(): FlopsPoint[] {
  return studyNetworks().map(({ name, total, published, publishedVal: { mean, standardError } }) => ({
    kind: 'published',
    name,
    multiplyAdds: total.multiplyAdds,
    publishedMultiplyAdds: published.multiplyAdds,
    val: mean / 100,
    standardError: standardError / 100,
    data: "the paper's hold-out set",
  }));
}
