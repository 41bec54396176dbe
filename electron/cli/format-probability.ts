/** Writes probabilities as a reader takes them. */

/** @returns such as "87 %"; what is not certain is not called 0 or 100 */
export function formatProbability(probability: number): string {
  const percent = Math.round(probability * 100);
  if (percent === 100 && probability < 1) return '>99 %';
  if (percent === 0 && probability > 0) return '<1 %';
  return `${percent} %`;
}
