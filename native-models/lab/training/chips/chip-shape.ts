/** Says what a chip for training shows: how large it is, where the face lies in it, and how much is kept around it. */

import type { Template } from '../../../packs/manifest.ts';

export interface ChipShape {
  /** Of what the network sees, pixels. */
  readonly width: number;
  readonly height: number;
  /** Kept on every side for augmentation, in the same pixels. */
  readonly borderPx: number;
  /** Where the landmarks lie, in the same pixels, counted without the border. */
  readonly template: Pick<Template, 'kind' | 'points'>;
}

/** ArcFace's five points as shares of its square of 112 pixels, which ends above the brows and below the lips. */
const pointsInFace: readonly (readonly [number, number])[] = [
  [0.3419, 0.4616],
  [0.6565, 0.4598],
  [0.5002, 0.6405],
  [0.371, 0.8247],
  [0.6315, 0.8233],
];
/** Of the shorter side, around ArcFace's square: with it hairline and chin are seen, as in FaceNet's tight crops. */
const faceMargin = 0.1;
/** Of the shorter side: as far as augmentation moves and shrinks. */
const borderShare = 0.12;

/** For a network that is trained from nothing: the face upright in the middle, with a margin. */
export function shapeFaceChip(width: number, height: number): ChipShape {
  const shorter = Math.min(width, height);
  const side = shorter / (1 + faceMargin);
  const points = pointsInFace.map(([x, y]): [number, number] => [(width - side) / 2 + x * side, (height - side) / 2 + y * side]);
  return { width, height, borderPx: Math.ceil(borderShare * shorter), template: { kind: 'arcface-5', points } };
}

/** For a pack's embedder: aligned as its manifest says. */
export function shapePackChip(template: Template): ChipShape {
  const side = template.chipSizePx;
  return { width: side, height: side, borderPx: Math.ceil(borderShare * side), template: { kind: template.kind, points: template.points } };
}

export function isSameShape(one: ChipShape, other: ChipShape): boolean {
  return (
    one.width === other.width &&
    one.height === other.height &&
    one.borderPx === other.borderPx &&
    one.template.kind === other.template.kind &&
    one.template.points.every((point, index) => point.every((value, axis) => value === other.template.points[index]?.[axis]))
  );
}
