/** Keeps sets that are united and never parted. Source: Tarjan 1975 (union-find with path compression). */

export class DisjointSets {
  readonly #parents: Int32Array;

  constructor(count: number) {
    this.#parents = Int32Array.from({ length: count }, (_, index) => index);
  }

  /** @returns a number that all of the item's set share */
  find(item: number): number {
    let root = item;
    while (this.#parents[root] !== root) root = this.#parents[root]!;
    for (let at = item; at !== root; ) {
      const next = this.#parents[at]!;
      this.#parents[at] = root;
      at = next;
    }
    return root;
  }

  /** The second's set goes into the first's, whose number stays. @returns whether they were two */
  unite(first: number, second: number): boolean {
    const [into, from] = [this.find(first), this.find(second)];
    this.#parents[from] = into;
    return into !== from;
  }
}
