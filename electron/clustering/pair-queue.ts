/** A priority queue of pairs of groups: the most similar pair first, equally similar ones by their lowest faces. */

export class PairQueue {
  #similarities = new Float64Array(1024);
  #firsts = new Int32Array(1024);
  #seconds = new Int32Array(1024);
  #size = 0;
  readonly #order: Int32Array;

  /** @param order of each group, what decides between equally similar pairs; all different */
  constructor(order: Int32Array) {
    this.#order = order;
  }

  get size(): number {
    return this.#size;
  }

  push(similarity: number, one: number, other: number): void {
    if (this.#size === this.#similarities.length) this.#grow();
    const [first, second] = this.#order[one]! < this.#order[other]! ? [one, other] : [other, one];
    let at = this.#size;
    this.#size += 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#comesBefore(similarity, first, second, parent)) break;
      this.#copy(parent, at);
      at = parent;
    }
    this.#write(at, similarity, first, second);
  }

  /** @returns the first pair, by their groups' order, and takes it out
   *  The queue must not be empty. */
  pop(): { similarity: number; first: number; second: number } {
    const top = { similarity: this.#similarities[0]!, first: this.#firsts[0]!, second: this.#seconds[0]! };
    this.#size -= 1;
    const last = this.#size;
    const similarity = this.#similarities[last]!;
    const first = this.#firsts[last]!;
    const second = this.#seconds[last]!;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= last) break;
      if (
        child + 1 < last &&
        this.#comesBefore(this.#similarities[child + 1]!, this.#firsts[child + 1]!, this.#seconds[child + 1]!, child)
      ) {
        child += 1;
      }
      if (this.#comesBefore(similarity, first, second, child)) break;
      this.#copy(child, at);
      at = child;
    }
    this.#write(at, similarity, first, second);
    return top;
  }

  #comesBefore(similarity: number, first: number, second: number, at: number): boolean {
    const difference = similarity - this.#similarities[at]!;
    if (difference !== 0) return difference > 0;
    const byFirst = this.#order[first]! - this.#order[this.#firsts[at]!]!;
    if (byFirst !== 0) return byFirst < 0;
    return this.#order[second]! < this.#order[this.#seconds[at]!]!;
  }

  #copy(from: number, to: number): void {
    this.#write(to, this.#similarities[from]!, this.#firsts[from]!, this.#seconds[from]!);
  }

  #write(at: number, similarity: number, first: number, second: number): void {
    this.#similarities[at] = similarity;
    this.#firsts[at] = first;
    this.#seconds[at] = second;
  }

  #grow(): void {
    const size = this.#size * 2;
    const similarities = new Float64Array(size);
    const firsts = new Int32Array(size);
    const seconds = new Int32Array(size);
    similarities.set(this.#similarities);
    firsts.set(this.#firsts);
    seconds.set(this.#seconds);
    this.#similarities = similarities;
    this.#firsts = firsts;
    this.#seconds = seconds;
  }
}
