/** A queue of pairs of groups, the one with the largest margin first: a binary heap in typed arrays. */

export class PairQueue {
  readonly #lowestFaces: Int32Array;
  #ones = new Int32Array(1024);
  #others = new Int32Array(1024);
  #margins = new Float64Array(1024);
  #count = 0;

  /** @param lowestFaces by group, of all that will ever be: decides between equal margins */
  constructor(lowestFaces: Int32Array) {
    this.#lowestFaces = lowestFaces;
  }

  get isEmpty(): boolean {
    return this.#count === 0;
  }

  /** The groups and the margin of the first pair. */
  get one(): number {
    return this.#ones[0]!;
  }

  get other(): number {
    return this.#others[0]!;
  }

  get margin(): number {
    return this.#margins[0]!;
  }

  add(one: number, other: number, margin: number): void {
    if (this.#count === this.#ones.length) this.#grow();
    let at = this.#count++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#isBefore(one, other, margin, parent)) break;
      this.#put(at, this.#ones[parent]!, this.#others[parent]!, this.#margins[parent]!);
      at = parent;
    }
    this.#put(at, one, other, margin);
  }

  removeFirst(): void {
    const last = --this.#count;
    if (last === 0) return;
    const one = this.#ones[last]!;
    const other = this.#others[last]!;
    const margin = this.#margins[last]!;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= last) break;
      const next = child + 1;
      if (next < last && this.#isBefore(this.#ones[next]!, this.#others[next]!, this.#margins[next]!, child)) child = next;
      if (this.#isBefore(one, other, margin, child)) break;
      this.#put(at, this.#ones[child]!, this.#others[child]!, this.#margins[child]!);
      at = child;
    }
    this.#put(at, one, other, margin);
  }

  #isBefore(one: number, other: number, margin: number, entry: number): boolean {
    const difference = margin - this.#margins[entry]!;
    return difference === 0 ? this.#isLower(one, other, this.#ones[entry]!, this.#others[entry]!) : difference > 0;
  }

  #isLower(one: number, other: number, entryOne: number, entryOther: number): boolean {
    const faces = this.#lowestFaces;
    const low = Math.min(faces[one]!, faces[other]!);
    const entryLow = Math.min(faces[entryOne]!, faces[entryOther]!);
    if (low !== entryLow) return low < entryLow;
    return Math.max(faces[one]!, faces[other]!) < Math.max(faces[entryOne]!, faces[entryOther]!);
  }

  #put(at: number, one: number, other: number, margin: number): void {
    this.#ones[at] = one;
    this.#others[at] = other;
    this.#margins[at] = margin;
  }

  #grow(): void {
    const size = this.#ones.length * 2;
    this.#ones = lengthen(this.#ones, new Int32Array(size));
    this.#others = lengthen(this.#others, new Int32Array(size));
    this.#margins = lengthen(this.#margins, new Float64Array(size));
  }
}

function lengthen<Numbers extends Int32Array | Float64Array>(from: Numbers, to: Numbers): Numbers {
  to.set(from);
  return to;
}
