/** Lists of each face's most similar faces, in flat arrays: a library of a million faces has a million of them. */

/** For each face its neighbours in no particular order. */
export interface NeighbourLists {
  readonly faceCount: number;
  countOf(face: number): number;
  /** The first countOf(face) are its neighbours. */
  idsOf(face: number): Int32Array;
  /** Cosine similarities, in the order of idsOf. */
  similaritiesOf(face: number): Float32Array;
  /** Whether the face has more neighbours than its list may hold. */
  isTruncated(face: number): boolean;
  /** Whether faces at least this similar may be missing, as the list was full of more similar ones. */
  hidesFrom(face: number, similarity: number): boolean;
}

export interface SerializedLists {
  readonly cap: number;
  readonly faceCount: number;
  /** [faceCount, cap], of which the first `counts` of each row count */
  readonly ids: Int32Array;
  readonly similarities: Float32Array;
  /** [faceCount] */
  readonly counts: Uint16Array;
  readonly isTruncated: Uint8Array;
}

/** Room for faces to come. */
const growth = 1.25;

/** [Note: neighbour cap] Somebody with 5,000 photos has 12 million pairs of neighbours, so a list holds only the most
 *  similar ones; equally similar ones by index. Linkage sees the pair if either face lists the other, and makes up for
 *  what the cap hides, see [Note: hidden pairs]. */
export class CappedLists implements NeighbourLists {
  readonly #cap: number;
  #faceCount = 0;
  #ids: Int32Array = new Int32Array(0);
  #similarities: Float32Array = new Float32Array(0);
  #counts: Uint16Array = new Uint16Array(0);
  /** 1 where more was offered than the list may hold; it is a heap then, whose first entry is the weakest. */
  #isTruncated: Uint8Array = new Uint8Array(0);

  /** @param cap most neighbours that a list holds, up to 65,535 */
  constructor(cap: number) {
    this.#cap = cap;
  }

  get faceCount(): number {
    return this.#faceCount;
  }

  countOf(face: number): number {
    return this.#counts[face]!;
  }

  idsOf(face: number): Int32Array {
    const start = face * this.#cap;
    return this.#ids.subarray(start, start + this.#counts[face]!);
  }

  similaritiesOf(face: number): Float32Array {
    const start = face * this.#cap;
    return this.#similarities.subarray(start, start + this.#counts[face]!);
  }

  isTruncated(face: number): boolean {
    return this.#isTruncated[face] === 1;
  }

  hidesFrom(face: number, similarity: number): boolean {
    return this.#isTruncated[face] === 1 && this.#similarities[face * this.#cap]! >= similarity;
  }

  /** Lists as `serialize` gave them. */
  static deserialize({ cap, faceCount, ids, similarities, counts, isTruncated }: SerializedLists): CappedLists {
    const lists = new CappedLists(cap);
    lists.#faceCount = faceCount;
    lists.#ids = ids;
    lists.#similarities = similarities;
    lists.#counts = counts;
    lists.#isTruncated = isTruncated;
    return lists;
  }

  /** Shares its memory with the lists. */
  serialize(): SerializedLists {
    const entries = this.#faceCount * this.#cap;
    return {
      cap: this.#cap,
      faceCount: this.#faceCount,
      ids: this.#ids.subarray(0, entries),
      similarities: this.#similarities.subarray(0, entries),
      counts: this.#counts.subarray(0, this.#faceCount),
      isTruncated: this.#isTruncated.subarray(0, this.#faceCount),
    };
  }

  /** @returns the same lists, each cut short to its `cap` most similar entries */
  recap(cap: number): CappedLists {
    const lists = new CappedLists(cap);
    lists.#allocate(this.#counts.length);
    lists.#faceCount = this.#faceCount;
    for (let face = 0; face < this.#faceCount; face++) {
      const [ids, similarities] = [this.idsOf(face), this.similaritiesOf(face)];
      for (let at = 0; at < ids.length; at++) lists.offer(face, ids[at]!, similarities[at]!);
      if (this.#isTruncated[face] === 1 && lists.#isTruncated[face] === 0) {
        lists.#makeHeap(face);
        lists.#isTruncated[face] = 1;
      }
    }
    return lists;
  }

  clear(face: number): void {
    this.#counts[face] = 0;
    this.#isTruncated[face] = 0;
  }

  /** @returns whether the other is in the list now */
  offer(face: number, id: number, similarity: number): boolean {
    const start = face * this.#cap;
    const count = this.#counts[face]!;
    if (count < this.#cap) {
      this.#ids[start + count] = id;
      this.#similarities[start + count] = similarity;
      this.#counts[face] = count + 1;
      return true;
    }
    if (this.#isTruncated[face] === 0) this.#makeHeap(face);
    this.#isTruncated[face] = 1;
    if (!isWeaker(this.#similarities[start]!, this.#ids[start]!, similarity, id)) return false;
    this.#sink(face, 0, id, similarity);
    return true;
  }

  /**
   * Gives faces other numbers.
   * @param moved [faces before], -1 where a face is gone
   * @param faceCount faces from now on; those that nobody became have empty lists
   * @returns faces, by their new numbers, whose list was full and has lost a member: it lacks somebody now
   */
  renumber(moved: Int32Array, faceCount: number): number[] {
    const before = { ids: this.#ids, similarities: this.#similarities, counts: this.#counts, isTruncated: this.#isTruncated };
    const isInPlace = faceCount <= before.counts.length && moved.every((to, old) => to === old);
    if (!isInPlace) this.#allocate(Math.ceil(faceCount * growth));
    else this.#counts.fill(0, moved.length, faceCount);
    this.#faceCount = faceCount;
    if (isInPlace) return [];
    const torn: number[] = [];
    moved.forEach((face, old) => {
      if (face < 0) return;
      const [from, to] = [old * this.#cap, face * this.#cap];
      let count = 0;
      for (let at = 0; at < before.counts[old]!; at++) {
        const id = moved[before.ids[from + at]!]!;
        if (id < 0) continue;
        this.#ids[to + count] = id;
        this.#similarities[to + count] = before.similarities[from + at]!;
        count += 1;
      }
      this.#counts[face] = count;
      this.#isTruncated[face] = before.isTruncated[old]!;
      if (before.isTruncated[old] === 1 && count < before.counts[old]!) torn.push(face);
    });
    return torn;
  }

  #allocate(faces: number): void {
    this.#ids = new Int32Array(faces * this.#cap);
    this.#similarities = new Float32Array(faces * this.#cap);
    this.#counts = new Uint16Array(faces);
    this.#isTruncated = new Uint8Array(faces);
  }

  #makeHeap(face: number): void {
    const start = face * this.#cap;
    for (let at = (this.#cap >> 1) - 1; at >= 0; at--) {
      this.#sink(face, at, this.#ids[start + at]!, this.#similarities[start + at]!);
    }
  }

  /** Puts an entry where `at` is, below everything weaker. */
  #sink(face: number, from: number, id: number, similarity: number): void {
    const start = face * this.#cap;
    const ids = this.#ids;
    const similarities = this.#similarities;
    let at = from;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= this.#cap) break;
      const next = start + child;
      if (child + 1 < this.#cap && isWeaker(similarities[next + 1]!, ids[next + 1]!, similarities[next]!, ids[next]!)) {
        child += 1;
      }
      if (isWeaker(similarity, id, similarities[start + child]!, ids[start + child]!)) break;
      ids[start + at] = ids[start + child]!;
      similarities[start + at] = similarities[start + child]!;
      at = child;
    }
    ids[start + at] = id;
    similarities[start + at] = similarity;
  }
}

/** Whether the first is less similar than the second, or equally similar with a higher index. */
function isWeaker(firstSimilarity: number, firstId: number, secondSimilarity: number, secondId: number): boolean {
  return firstSimilarity < secondSimilarity || (firstSimilarity === secondSimilarity && firstId > secondId);
}
