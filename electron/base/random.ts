/** A seeded random number generator, for whatever must come out the same twice. */

export type Random = () => number;

/** @returns numbers in [0, 1). Source: mulberry32 (Tommy Ettinger, public domain). */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** @returns the items in an order drawn by `random`, as a list of its own. Source: Fisher and Yates. */
export function shuffle<Item>(items: readonly Item[], random: Random): Item[] {
  const shuffled = [...items];
  for (let last = shuffled.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [shuffled[last], shuffled[other]] = [shuffled[other]!, shuffled[last]!];
  }
  return shuffled;
}

/** @returns so many at most, in the order drawn, none twice; draws no more often than that */
export function drawSome<Item>(items: readonly Item[], count: number, random: Random): Item[] {
  const drawn = [...items];
  const wanted = Math.min(count, drawn.length);
  for (let at = 0; at < wanted; at++) {
    const other = at + Math.floor(random() * (drawn.length - at));
    [drawn[at], drawn[other]] = [drawn[other]!, drawn[at]!];
  }
  return drawn.slice(0, wanted);
}
