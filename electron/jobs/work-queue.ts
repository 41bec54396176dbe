/** A queue between one producer and several consumers that can be closed or failed. */

export class WorkQueue<Item> {
  #items: Item[] = [];
  #head = 0;
  #waiting: { resolve: (item: Item | null) => void; reject: (error: unknown) => void }[] = [];
  #isClosed = false;
  #failure: { error: unknown } | null = null;

  push(item: Item): void {
    const waiting = this.#waiting.shift();
    if (waiting) waiting.resolve(item);
    else this.#items.push(item);
  }

  /** @returns the oldest item, or null once the queue is closed and empty
   *  @throws what the queue was failed with */
  async take(): Promise<Item | null> {
    if (this.#failure) throw this.#failure.error;
    if (this.#head < this.#items.length) return this.#takeFirst();
    if (this.#isClosed) return null;
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  /** No more items will come. */
  close(): void {
    this.#isClosed = true;
    for (const { resolve } of this.#waiting.splice(0)) resolve(null);
  }

  /** Drops what is queued; whoever takes from now on gets the error. The first failure counts. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    this.#items = [];
    this.#head = 0;
    for (const { reject } of this.#waiting.splice(0)) reject(this.#failure.error);
  }

  #takeFirst(): Item {
    const item = this.#items[this.#head]!;
    this.#head += 1;
    // Dropping taken items now and then keeps both time and memory linear.
    if (this.#head > 1024 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }
}
