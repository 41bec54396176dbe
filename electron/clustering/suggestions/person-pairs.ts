/** Numbers pairs of people, in either order, so that maps and sets can hold them. */

/** @returns a whole number, the same for both orders */
export function keyOfPair(one: number, other: number, peopleCount: number): number {
  return Math.min(one, other) * peopleCount + Math.max(one, other);
}

/** @returns the lower person first */
export function pairOfKey(key: number, peopleCount: number): readonly [number, number] {
  return [Math.floor(key / peopleCount), key % peopleCount];
}
