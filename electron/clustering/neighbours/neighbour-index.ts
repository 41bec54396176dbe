/** Finds for every face the faces most similar to it, and keeps them while faces come and go. */

import { ApproximateSearch } from './approximate-search.ts';
import { compareAll } from './compare-all.ts';
import { FaceVectors, matchRows, type FaceMoves } from './face-vectors.ts';
import { readNeighbours, writeNeighbours, type StoredNeighbours } from './neighbour-files.ts';
import { CappedLists, type NeighbourLists } from './neighbour-lists.ts';
import { createSimilarityKernel, type SimilarityKernel } from './similarity-kernel.ts';
import { unwatched, type Watch } from '../types.ts';

export type { NeighbourLists } from './neighbour-lists.ts';

export interface NeighbourOptions {
  /** Faces at least this similar (cosine) are neighbours. */
  readonly minSimilarity: number;
  /** See [Note: neighbour cap]. */
  readonly maxNeighbours: number;
  /** Libraries with more faces are searched approximately, where the index for that can be loaded. */
  readonly exactUpTo: number;
  /** From this similarity on an approximate similarity is computed again, exactly. */
  readonly exactFrom: number;
  /** See [Note: subspace]; 0 keeps all dimensions. */
  readonly subspaceTolerance: number;
  /** Which projection the embeddings have gone through; 0 or undefined for none. */
  readonly projectionVersion?: number;
}

/** Lists of so many faces hold fewer neighbours each: all of them together must fit into memory. */
const largeLibrary = 250_000;
const largeLibraryCap = 24;
const approximateCap = 48;

/**
 * Where the search is exact the lists are a function of the faces last given and their order among each other, never of
 * the steps in which they came: a step computes only new faces against all, and those whose full list has lost a member.
 */
export class NeighbourIndex implements NeighbourLists {
  readonly #options: NeighbourOptions;
  #kernel: SimilarityKernel;
  readonly #vectors: FaceVectors;
  #lists: CappedLists;
  #cap: number;
  #search: ApproximateSearch | null = null;
  /** Whether an update ended midway: the lists hold part of what they should. */
  #isTorn = false;
  #moved: Int32Array = new Int32Array(0);
  #rows: Float64Array = new Float64Array(0);
  /** What an earlier session wrote, until the first update takes it over. */
  #stored: StoredNeighbours | null = null;

  /** @param embeddingLength numbers of an embedding */
  constructor(embeddingLength: number, options: NeighbourOptions) {
    this.#options = options;
    this.#kernel = createSimilarityKernel(embeddingLength);
    this.#vectors = new FaceVectors(embeddingLength, options.subspaceTolerance);
    this.#cap = options.maxNeighbours;
    this.#lists = new CappedLists(this.#cap);
  }

  get options(): NeighbourOptions {
    return this.#options;
  }

  get embeddingLength(): number {
    return this.#vectors.length;
  }

  get faceCount(): number {
    return this.#lists.faceCount;
  }

  /** Numbers of a unit vector, see FaceVectors. */
  get unitLength(): number {
    return this.#vectors.unitLength;
  }

  /** [n, unitLength], the unit vectors of the faces last given */
  get units(): Float32Array {
    return this.#vectors.units;
  }

  /** [faces before the last update], where each is now, -1 where it is gone */
  get moved(): Int32Array {
    return this.#moved;
  }

  get isApproximate(): boolean {
    return this.#search !== null;
  }

  countOf(face: number): number {
    return this.#lists.countOf(face);
  }

  idsOf(face: number): Int32Array {
    return this.#lists.idsOf(face);
  }

  similaritiesOf(face: number): Float32Array {
    return this.#lists.similaritiesOf(face);
  }

  isTruncated(face: number): boolean {
    return this.#lists.isTruncated(face);
  }

  hidesFrom(face: number, similarity: number): boolean {
    return this.#lists.hidesFrom(face, similarity);
  }

  /** @returns the indices of the faces whose embeddings an update has to bring */
  listMissing(rows: Float64Array): Int32Array {
    return this.#vectors.listMissing(rows);
  }

  /**
   * Makes the index hold exactly these faces. After an error, "cancelled" included, the next update starts the lists anew.
   * @param rows [n], numbers that embeddings keep for as long as they are the same, without duplicates
   * @param embeddings of those that listMissing names, or of all; see FaceVectors
   * @returns how many faces were compared with all others
   */
  update(rows: Float64Array, embeddings: Float32Array, watch: Watch = unwatched): number {
    const lengthBefore = this.unitLength;
    const known = this.#vectors.update(rows, embeddings);
    if (this.unitLength !== lengthBefore) this.#changeLength();
    this.#moved = known.moved;
    const { moved, fresh } = this.#takeOver(rows) ?? known;
    this.#rows = rows.slice();
    const torn = this.#lists.renumber(moved, rows.length);
    this.#fitTo(rows.length);
    const isNew = new Uint8Array(rows.length);
    for (const face of fresh) isNew[face] = 1;
    const asked = this.#isTorn ? Array.from(rows, (_, face) => face) : mergeAscending(fresh, torn);
    if (this.#isTorn) isNew.fill(1);
    this.#isTorn = true;
    for (const face of asked) this.#lists.clear(face);
    this.#search?.update(rows, this.units);
    this.#compare(asked, isNew, watch);
    this.#isTorn = false;
    return asked.length;
  }

  /** Goes on from what an earlier session wrote: for an index that has seen no faces yet. */
  async restore(folder: string): Promise<void> {
    this.#stored = await readNeighbours(folder, this.#signature, this.embeddingLength);
    const subspace = this.#stored?.subspace ?? null;
    if (subspace === null) return;
    this.#vectors.adopt(subspace);
    this.#changeLength();
  }

  /** Similarities stay what they are, so lists do; the graph holds vectors of the old length. */
  #changeLength(): void {
    this.#kernel = createSimilarityKernel(this.unitLength);
    this.#search = null;
  }

  /** Writes lists, and the graph of neighbours where there is one. */
  async store(folder: string): Promise<void> {
    if (this.#isTorn) return;
    const { subspace } = this.#vectors;
    await writeNeighbours(folder, { signature: this.#signature, rows: this.#rows, lists: this.#lists, search: this.#search, subspace });
  }

  /** What the lists depend on. */
  get #signature(): string {
    return JSON.stringify([this.embeddingLength, this.#options]);
  }

  /** @returns null where there is nothing to take over */
  #takeOver(rows: Float64Array): FaceMoves | null {
    const stored = this.#stored;
    this.#stored = null;
    if (stored === null) return null;
    this.#lists = stored.lists;
    this.#cap = stored.cap;
    this.#search = stored.search;
    return matchRows(stored.rows, rows);
  }

  /** Chooses how to search and how much to keep of what is found. */
  #fitTo(faceCount: number): void {
    const { exactUpTo, maxNeighbours } = this.#options;
    if (faceCount > exactUpTo) this.#search ??= ApproximateSearch.open(this.unitLength);
    const wanted = this.#search === null ? maxNeighbours : faceCount > largeLibrary ? largeLibraryCap : approximateCap;
    const cap = Math.min(maxNeighbours, wanted, this.#cap);
    if (cap === this.#cap) return;
    this.#cap = cap;
    this.#lists = this.#lists.recap(cap);
  }

  #compare(asked: readonly number[], isNew: Uint8Array, watch: Watch): void {
    const lists = this.#lists;
    const { minSimilarity, exactFrom } = this.#options;
    const isAsked = new Uint8Array(isNew.length);
    for (const face of asked) isAsked[face] = 1;
    const comparison = { units: this.units, length: this.unitLength, faces: asked, minSimilarity };
    if (this.#search === null) {
      compareAll(this.#kernel, comparison, (face, other, similarity) => {
        lists.offer(face, other, similarity);
        // A face that was there before still stands in the lists of the others.
        if (isAsked[other] === 1 || isNew[face] === 1) lists.offer(other, face, similarity);
      }, watch);
    } else {
      const search = { ...comparison, count: this.#cap, exactFrom };
      this.#search.find(search, (face, other, similarity) => {
        lists.offer(face, other, similarity);
        // An asked face finds its own neighbours.
        if (isAsked[other] === 0 && isNew[face] === 1) lists.offer(other, face, similarity);
      }, watch);
    }
  }
}

function mergeAscending(one: Int32Array, other: readonly number[]): number[] {
  return [...new Set([...one, ...other])].sort((first, second) => first - second);
}
