/** How far the values of a sample lie apart, and how well their mean is known. */

export interface MeanWithError {
  readonly mean: number;
  /** Of the mean. */
  readonly standardError: number;
}

/** @param values two or more */
export function meanWithError(values: readonly number[]): MeanWithError {
  return { mean: meanOf(values), standardError: standardDeviation(values)! / Math.sqrt(values.length) };
}

/** @returns of a sample; null where it holds fewer than two */
export function standardDeviation(values: readonly number[]): number | null {
  if (values.length < 2) return null;
  const mean = meanOf(values);
  const squares = values.reduce((total, value) => total + (value - mean) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1));
}

function meanOf(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0) / values.length;
}
