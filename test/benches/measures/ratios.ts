/** Sums up what several rounds have measured. */

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** @param values at least one
 *  @throws Error where there is none */
export function describeSpread(values: readonly number[]): Spread {
  if (values.length === 0) throw new Error('Expected at least one value but received none');
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
  return { median, min: sorted[0]!, max: sorted.at(-1)! };
}

/** How many times as fast one is as the other, round by round: what slows the machine for a while slows both.
 *  @param speeds of one, by round
 *  @param others of the other, in the same rounds */
export function compareSpeeds(speeds: readonly number[], others: readonly number[]): Spread {
  if (speeds.length !== others.length) {
    throw new Error(`Expected as many rounds of both but received ${speeds.length} and ${others.length}`);
  }
  return describeSpread(speeds.map((speed, round) => speed / others[round]!));
}

/** @returns such as "12.3 (11.9 to 12.8)"; of a single round the value alone */
export function formatSpread({ median, min, max }: Spread, digits: number): string {
  const middle = median.toFixed(digits);
  return min === max ? middle : `${middle} (${min.toFixed(digits)} to ${max.toFixed(digits)})`;
}
