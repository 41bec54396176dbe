/** Where the points of the trust page's charts lie: shares of the drawing's width and height, from its lower left corner. */

import type { TrustScores } from '../../electron/api/schemas.ts';

export interface ChartPlace {
  /** 0 to 1. */
  readonly x: number;
  readonly y: number;
}

export interface DistanceChart {
  /** Distances at the left and right edge. */
  readonly from: number;
  readonly to: number;
  /** Corners of the steps, from left to right; as high as the fullest bin of either kind, each a share of its own kind. */
  readonly genuine: readonly ChartPlace[];
  readonly impostors: readonly ChartPlace[];
  readonly threshold: number;
  /** Between which distances nine in ten of the pairs lie. */
  readonly genuineUsual: readonly [number, number];
  readonly impostorsUsual: readonly [number, number];
}

/** So few pairs stand in fewer columns, which else would be a comb. */
const mostBins = 50;
const outside = 0.05;

export function placeDistances({ distances, threshold }: Pick<TrustScores, 'distances' | 'threshold'>): DistanceChart {
  const { highest } = distances;
  const perColumn = Math.max(1, Math.ceil(distances.genuine.length / mostBins));
  const [genuine, impostors] = [gather(distances.genuine, perColumn), gather(distances.impostors, perColumn)];
  const width = (highest * perColumn) / distances.genuine.length;
  const filled = genuine.flatMap((count, bin) => (count + impostors[bin]! > 0 ? [bin] : []));
  const first = Math.min(filled[0] ?? 0, Math.floor(threshold / width));
  const last = Math.max(filled.at(-1) ?? genuine.length - 1, Math.ceil(threshold / width));
  const shares = [shareOut(genuine), shareOut(impostors)] as const;
  const fullest = Math.max(...shares[0], ...shares[1]);
  const place = (list: readonly number[]): ChartPlace[] => {
    const columns = last + 1 - first;
    return Array.from({ length: columns }, (_, column) => {
      const y = (list[first + column] ?? 0) / fullest;
      return [
        { x: column / columns, y },
        { x: (column + 1) / columns, y },
      ];
    }).flat();
  };
  const [from, to] = [first * width, (last + 1) * width];
  return {
    from,
    to,
    genuine: place(shares[0]),
    impostors: place(shares[1]),
    threshold: (threshold - from) / (to - from),
    genuineUsual: findUsual(shares[0], width),
    impostorsUsual: findUsual(shares[1], width),
  };
}

export interface RocChart {
  /** Exponents of ten at the left and right edge. */
  readonly from: number;
  readonly to: number;
  /** VAL at the lower edge, 0 to 1; the upper is 1. */
  readonly lowest: number;
  readonly points: readonly ChartPlace[];
  /** Where the threshold in use lies; null where it mixes up nobody, which a logarithmic axis cannot show. */
  readonly now: ChartPlace | null;
}

/** @returns null where the pairs are too few for a curve */
export function placeRoc({ roc, genuinePairs, genuineWithin, impostorPairs, impostorsWithin }: TrustScores): RocChart | null {
  if (roc.length < 2) return null;
  const now = { far: impostorsWithin / impostorPairs, val: genuineWithin / genuinePairs };
  const isShown = now.far > 0;
  const fars = [...roc.map(({ far }) => far), ...(isShown ? [now.far] : [])];
  const from = Math.floor(Math.log10(Math.min(...fars)) + 1e-9);
  const to = Math.ceil(Math.log10(Math.max(...fars)) - 1e-9);
  const vals = [...roc.map(({ val }) => val), ...(isShown ? [now.val] : [])];
  const lowest = Math.min(0.9, Math.floor(Math.min(...vals) * 10) / 10);
  const place = ({ far, val }: { readonly far: number; readonly val: number }): ChartPlace => ({
    x: (Math.log10(far) - from) / (to - from),
    y: (val - lowest) / (1 - lowest),
  });
  return { from, to, lowest, points: roc.map(place), now: isShown ? place(now) : null };
}

function gather(counts: readonly number[], perColumn: number): number[] {
  return Array.from({ length: Math.ceil(counts.length / perColumn) }, (_, column) =>
    counts.slice(column * perColumn, (column + 1) * perColumn).reduce((sum, count) => sum + count, 0),
  );
}

function shareOut(counts: readonly number[]): number[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count) => (total === 0 ? 0 : count / total));
}

function findUsual(shares: readonly number[], width: number): [number, number] {
  let below = 0;
  let from = 0;
  let to = shares.length;
  for (const [bin, share] of shares.entries()) {
    if (below <= outside) from = bin;
    if (below < 1 - outside) to = bin + 1;
    below += share;
  }
  return [from * width, to * width];
}
