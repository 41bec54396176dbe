/** Finds for every face the faces most similar to it, exactly, and keeps them while faces come and go. */

import { blockRows, createSimilarityKernel, type SimilarityKernel } from './similarity-kernel.ts';
import { unwatched, type Watch } from './types.ts';

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
}

export interface NeighbourOptions {
  /** Faces at least this similar (cosine) are neighbours. */
  readonly minSimilarity: number;
  /**
   * [Note: neighbour cap] Somebody with 5,000 photos has 12 million pairs of neighbours, so a list holds only the most
   * similar ones; equally similar ones by index. Linkage sees the pair if either face lists the other, and makes up
   * for what the cap hides, see [Note: hidden pairs].
   */
  readonly maxNeighbours: number;
}

const nothingToHold = { ids: new Int32Array(0), similarities: new Float32Array(0) };

/**
 * The lists are a function of the faces last given and their order among each other, never of the steps in which they
 * came: a step computes only new faces against all, and those whose full list has lost a member.
 */
export class NeighbourIndex implements NeighbourLists {
  readonly #options: NeighbourOptions;
  readonly #length: number;
  readonly #kernel: SimilarityKernel;
  #faceIds: readonly string[] = [];
  #units: Float32Array = new Float32Array(0);
  #lists: NeighbourList[] = [];

  /** @param embeddingLength numbers of an embedding */
  constructor(embeddingLength: number, options: NeighbourOptions) {
    this.#length = embeddingLength;
    this.#options = options;
    this.#kernel = createSimilarityKernel(embeddingLength);
  }

  get options(): NeighbourOptions {
    return this.#options;
  }

  get embeddingLength(): number {
    return this.#length;
  }

  get faceCount(): number {
    return this.#lists.length;
  }

  /** [n, embeddingLength], the unit vectors of the faces last given */
  get units(): Float32Array {
    return this.#units;
  }

  countOf(face: number): number {
    return this.#lists[face]!.count;
  }

  idsOf(face: number): Int32Array {
    return this.#lists[face]!.ids;
  }

  similaritiesOf(face: number): Float32Array {
    return this.#lists[face]!.similarities;
  }

  isTruncated(face: number): boolean {
    return this.#lists[face]!.isTruncated;
  }

  /**
   * Makes the index hold exactly these faces. After an error, "cancelled" included, it is as it was before.
   * @param faceIds without duplicates; the order among faces that stay must not change
   * @param embeddings [n, embeddingLength], finite and not zero
   * @returns how many faces were compared with all others
   */
  update(faceIds: readonly string[], embeddings: Float32Array, watch: Watch = unwatched): number {
    const units = normalizeRows(embeddings, this.#length);
    const { lists, outdated } = this.#carryOver(faceIds, units);
    this.#compare(units, lists, outdated, watch);
    this.#faceIds = faceIds;
    this.#units = units;
    this.#lists = lists;
    return outdated.fresh.length;
  }

  /** Takes over the lists of the faces that stay. */
  #carryOver(faceIds: readonly string[], units: Float32Array): { lists: NeighbourList[]; outdated: Outdated } {
    const previous = new Map(this.#faceIds.map((id, index) => [id, index]));
    const moved = new Int32Array(this.#faceIds.length).fill(-1);
    const origin = new Int32Array(faceIds.length).fill(-1);
    faceIds.forEach((id, index) => {
      const old = previous.get(id);
      if (old === undefined || !this.#isSameRow(old, units, index)) return;
      moved[old] = index;
      origin[index] = old;
    });
    const isNew = new Uint8Array(faceIds.length);
    const fresh: number[] = [];
    const lists = faceIds.map((_, index) => {
      const kept = origin[index]! < 0 ? null : this.#lists[origin[index]!]!.renumber(moved);
      if (kept !== null) return kept;
      if (origin[index]! < 0) isNew[index] = 1;
      fresh.push(index);
      return new NeighbourList();
    });
    return { lists, outdated: { fresh, isNew } };
  }

  #isSameRow(old: number, units: Float32Array, index: number): boolean {
    const oldStart = old * this.#length;
    const start = index * this.#length;
    for (let at = 0; at < this.#length; at++) if (this.#units[oldStart + at] !== units[start + at]) return false;
    return true;
  }

  /** Compares the outdated faces with all, block by block: memory is a block's, whatever the number of faces. */
  #compare(units: Float32Array, lists: NeighbourList[], outdated: Outdated, watch: Watch): void {
    const { fresh, isNew } = outdated;
    const isFresh = new Uint8Array(lists.length);
    for (const face of fresh) isFresh[face] = 1;
    const row = (face: number): Float32Array => units.subarray(face * this.#length, (face + 1) * this.#length);
    for (let from = 0; from < fresh.length; from += blockRows) {
      const left = fresh.slice(from, from + blockRows);
      this.#kernel.loadLeft((index) => row(left[index]!), left.length);
      for (let start = 0; start < lists.length; start += blockRows) {
        const width = Math.min(blockRows, lists.length - start);
        if (isAllBefore(isFresh, start, width, left[0]!)) continue;
        watch.throwIfCancelled();
        this.#kernel.loadRight((index) => row(start + index), width);
        this.#offer(this.#kernel.multiply(), left, start, width, lists, isFresh, isNew);
      }
      watch.onProgress(Math.min(1, (from + left.length) / fresh.length));
    }
  }

  #offer(
    products: Float32Array,
    left: readonly number[],
    start: number,
    width: number,
    lists: NeighbourList[],
    isFresh: Uint8Array,
    isNew: Uint8Array,
  ): void {
    const { minSimilarity, maxNeighbours } = this.#options;
    for (let index = 0; index < left.length; index++) {
      const face = left[index]!;
      const at = index * blockRows;
      for (let column = 0; column < width; column++) {
        const similarity = products[at + column]!;
        if (!(similarity >= minSimilarity)) continue;
        const other = start + column;
        // A pair of fresh faces comes up twice.
        if (other === face || (isFresh[other] === 1 && other < face)) continue;
        lists[face]!.offer(other, similarity, maxNeighbours);
        // A face that was there before still stands in the lists of the others.
        if (isFresh[other] === 1 || isNew[face] === 1) lists[other]!.offer(face, similarity, maxNeighbours);
      }
    }
  }
}

interface Outdated {
  /** Faces to be compared with all: new ones, and those whose full list has lost a member. Ascending. */
  readonly fresh: readonly number[];
  /** [n], 1 for a face that was not there before */
  readonly isNew: Uint8Array;
}

function isAllBefore(isFresh: Uint8Array, start: number, width: number, first: number): boolean {
  if (start + width > first) return false;
  for (let face = start; face < start + width; face++) if (isFresh[face] === 0) return false;
  return true;
}

class NeighbourList {
  count = 0;
  isTruncated = false;
  ids: Int32Array = nothingToHold.ids;
  similarities: Float32Array = nothingToHold.similarities;
  /** Whether the list is a heap whose first entry is the weakest; only full lists need to be. */
  #isHeap = false;

  offer(id: number, similarity: number, capacity: number): void {
    if (this.count < capacity) {
      if (this.count === this.ids.length) this.#grow(capacity);
      this.ids[this.count] = id;
      this.similarities[this.count] = similarity;
      this.count += 1;
      return;
    }
    this.isTruncated = true;
    if (!this.#isHeap) this.#makeHeap();
    if (isWeaker(this.similarities[0]!, this.ids[0]!, similarity, id)) this.#sink(0, id, similarity);
  }

  /** @returns the list with other numbers for its faces, or null if a truncated list would lose one (-1) */
  renumber(moved: Int32Array): NeighbourList | null {
    const list = new NeighbourList();
    list.isTruncated = this.isTruncated;
    list.ids = new Int32Array(this.count);
    list.similarities = new Float32Array(this.count);
    for (let at = 0; at < this.count; at++) {
      const id = moved[this.ids[at]!]!;
      if (id < 0) {
        if (this.isTruncated) return null;
        continue;
      }
      list.ids[list.count] = id;
      list.similarities[list.count] = this.similarities[at]!;
      list.count += 1;
    }
    return list;
  }

  #grow(capacity: number): void {
    const size = Math.min(capacity, Math.max(4, this.ids.length * 2));
    const ids = new Int32Array(size);
    const similarities = new Float32Array(size);
    ids.set(this.ids);
    similarities.set(this.similarities);
    this.ids = ids;
    this.similarities = similarities;
  }

  #makeHeap(): void {
    for (let at = (this.count >> 1) - 1; at >= 0; at--) this.#sink(at, this.ids[at]!, this.similarities[at]!);
    this.#isHeap = true;
  }

  /** Puts an entry where `at` is, below everything weaker. */
  #sink(start: number, id: number, similarity: number): void {
    const { ids, similarities, count } = this;
    let at = start;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= count) break;
      if (child + 1 < count && isWeaker(similarities[child + 1]!, ids[child + 1]!, similarities[child]!, ids[child]!)) {
        child += 1;
      }
      if (isWeaker(similarity, id, similarities[child]!, ids[child]!)) break;
      ids[at] = ids[child]!;
      similarities[at] = similarities[child]!;
      at = child;
    }
    ids[at] = id;
    similarities[at] = similarity;
  }
}

/** Whether the first is less similar than the second, or equally similar with a higher index. */
function isWeaker(firstSimilarity: number, firstId: number, secondSimilarity: number, secondId: number): boolean {
  return firstSimilarity < secondSimilarity || (firstSimilarity === secondSimilarity && firstId > secondId);
}

function normalizeRows(embeddings: Float32Array, length: number): Float32Array {
  const units = new Float32Array(embeddings.length);
  for (let start = 0; start < embeddings.length; start += length) {
    let squares = 0;
    for (let at = start; at < start + length; at++) squares += embeddings[at]! ** 2;
    const scale = 1 / Math.sqrt(squares);
    for (let at = start; at < start + length; at++) units[at] = embeddings[at]! * scale;
  }
  return units;
}
