/** A queue of pairs of groups, the one with the largest margin first: a binary heap in typed arrays. */

export interface QueuedPair {
  readonly one: number;
  readonly other: number;
  readonly similarity: number;
}

export class PairQueue {
  readonly #lowestFaces: Int32Array;
  #ones = new Int32Array(1024);
  #others = new Int32Array(1024);
  #similarities = new Float64Array(1024);
  #margins = new Float64Array(1024);
  #count = 0;

  /** @param lowestFaces by group, of all that will ever be: decides between equal margins */
  constructor(lowestFaces: Int32Array) {
    this.#lowestFaces = lowestFaces;
  }

  add(pair: QueuedPair, margin: number): void {
    if (this.#count === this.#ones.length) this.#grow();
    let at = this.#count++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#isBefore(pair, margin, parent)) break;
      this.#copy(parent, at);
      at = parent;
    }
    this.#put(at, pair, margin);
  }

  /** Takes pairs out until one is still wanted. */
  take(isWanted: (one: number, other: number) => boolean): QueuedPair | null {
    while (this.#count > 0) {
      const pair = this.#read(0);
      this.#removeFirst();
      if (isWanted(pair.one, pair.other)) return pair;
    }
    return null;
  }

  #removeFirst(): void {
    const last = --this.#count;
    if (last === 0) return;
    const pair = this.#read(last);
    const margin = this.#margins[last]!;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= last) break;
      if (child + 1 < last && this.#isBefore(this.#read(child + 1), this.#margins[child + 1]!, child)) child += 1;
      if (this.#isBefore(pair, margin, child)) break;
      this.#copy(child, at);
      at = child;
    }
    this.#put(at, pair, margin);
  }

  #isBefore({ one, other }: QueuedPair, margin: number, entry: number): boolean {
    const difference = margin - this.#margins[entry]!;
    if (difference !== 0) return difference > 0;
    const [low, high] = this.#order(one, other);
    const [entryLow, entryHigh] = this.#order(this.#ones[entry]!, this.#others[entry]!);
    return low !== entryLow ? low < entryLow : high < entryHigh;
  }

  #order(one: number, other: number): [number, number] {
    const face = this.#lowestFaces[one]!;
    const otherFace = this.#lowestFaces[other]!;
    return face < otherFace ? [face, otherFace] : [otherFace, face];
  }

  #read(at: number): QueuedPair {
    return { one: this.#ones[at]!, other: this.#others[at]!, similarity: this.#similarities[at]! };
  }

  #put(at: number, { one, other, similarity }: QueuedPair, margin: number): void {
    this.#ones[at] = one;
    this.#others[at] = other;
    this.#similarities[at] = similarity;
    this.#margins[at] = margin;
  }

  #copy(from: number, to: number): void {
    this.#put(to, this.#read(from), this.#margins[from]!);
  }

  #grow(): void {
    const size = this.#ones.length * 2;
    this.#ones = lengthen(this.#ones, new Int32Array(size));
    this.#others = lengthen(this.#others, new Int32Array(size));
    this.#similarities = lengthen(this.#similarities, new Float64Array(size));
    this.#margins = lengthen(this.#margins, new Float64Array(size));
  }
}

function lengthen<Numbers extends Int32Array | Float64Array>(from: Numbers, to: Numbers): Numbers {
  to.set(from);
  return to;
}
