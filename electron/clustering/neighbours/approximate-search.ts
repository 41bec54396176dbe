/** Finds the faces most similar to a face among very many, nearly always: a graph of neighbours (HNSW) by USearch. */

import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { dotProduct } from '../../geometry/vectors.ts';
import type { Comparison } from './compare-all.ts';
import type { Watch } from '../types.ts';

/** What is used of USearch. */
interface SearchIndex {
  add(keys: BigUint64Array, vectors: Float32Array, threads: number): void;
  remove(keys: BigUint64Array): unknown;
  search(vectors: Float32Array, count: number, threads: number): { keys: BigUint64Array; distances: Float32Array };
  size(): number;
  capacity(): number;
  save(path: string): void;
  load(path: string): void;
}
interface SearchModule {
  readonly Index: new (options: {
    metric: 'cos';
    dimensions: number;
    connectivity: number;
    quantization: 'i8';
    expansion_add: number;
    expansion_search: number;
    multi: boolean;
  }) => SearchIndex;
}

export interface SearchQuery extends Comparison {
  /** Neighbours to find of each face. */
  readonly count: number;
  /** From this similarity on it is computed again from the whole vectors; below, eight bits a number do. */
  readonly exactFrom: number;
}

/** Edges of a face, and how widely the graph is searched when a face is added and when its neighbours are asked for. Of 50,000
 *  invented faces, the pairs of people with two or three faces that are as alike as 0.5 and more are found in 99.0 % of
 *  cases from the one side alone; with 16, 96 and 128 in 99.6 % at half as much time again, with 12, 64 and 128 in 97.6 %. */
const connectivity = 12;
const expansionAdd = 96;
const expansionSearch = 96;
/** Faces searched at a time. */
const batch = 2_048;
/** Eight bits a number change a similarity by no more than about this. */
const quantizationError = 0.02;

/**
 * Source: Malkov and Yashunin 2018. Faces are added one after another on one thread, as the graph depends on their order:
 * the same faces in the same order give the same neighbours.
 */
export class ApproximateSearch {
  readonly #length: number;
  readonly #index: SearchIndex;
  /** By embedding row, the key in the graph. */
  readonly #keys = new Map<number, number>();
  /** By key, the face's index now. */
  #faceOf = new Int32Array(0);
  #keyOf = new Int32Array(0);
  #nextKey = 0;

  private constructor(length: number, module: SearchModule) {
    this.#length = length;
    this.#index = new module.Index({
      metric: 'cos',
      dimensions: length,
      connectivity,
      quantization: 'i8',
      expansion_add: expansionAdd,
      expansion_search: expansionSearch,
      multi: false,
    });
  }

  /** @returns null where there is no build of USearch for this machine */
  static open(length: number): ApproximateSearch | null {
    const module = loadModule();
    return module === null ? null : new ApproximateSearch(length, module);
  }

  /** Writes the graph. @returns what `load` needs beside it: by key the embedding row, NaN for a key that is gone */
  save(path: string): Float64Array {
    this.#index.save(path);
    const rows = new Float64Array(this.#nextKey).fill(Number.NaN);
    for (const [row, key] of this.#keys) rows[key] = row;
    return rows;
  }

  /** Reads a graph into one that is new. @throws Error where the file is none */
  load(path: string, rowsByKey: Float64Array): void {
    this.#index.load(path);
    this.#nextKey = rowsByKey.length;
    rowsByKey.forEach((row, key) => {
      if (!Number.isNaN(row)) this.#keys.set(row, key);
    });
  }

  /** Makes the graph hold exactly these faces. @param units [n, length] */
  update(rows: Float64Array, units: Float32Array): void {
    const present = new Set(rows);
    const gone = [...this.#keys].filter(([row]) => !present.has(row));
    if (gone.length > 0) this.#index.remove(BigUint64Array.from(gone, ([, key]) => BigInt(key)));
    for (const [row] of gone) this.#keys.delete(row);
    this.#keyOf = new Int32Array(rows.length);
    const fresh: number[] = [];
    rows.forEach((row, face) => {
      let key = this.#keys.get(row);
      if (key === undefined) {
        key = this.#nextKey++;
        this.#keys.set(row, key);
        fresh.push(face);
      }
      this.#keyOf[face] = key;
    });
    this.#faceOf = new Int32Array(this.#nextKey).fill(-1);
    this.#keyOf.forEach((key, face) => (this.#faceOf[key] = face));
    this.#add(fresh, units);
  }

  /** One after another, but where USearch makes room: it makes it for as many threads as it is given then. */
  #add(faces: readonly number[], units: Float32Array): void {
    for (let from = 0; from < faces.length; ) {
      const room = this.#index.capacity() - this.#index.size() - 1;
      const part = faces.slice(from, from + Math.max(1, Math.min(room, batch)));
      const keys = BigUint64Array.from(part, (face) => BigInt(this.#keyOf[face]!));
      this.#index.add(keys, this.#gather(units, part), room < 1 ? availableParallelism() : 1);
      from += part.length;
    }
  }

  /** @param take gets the neighbours of each face */
  find(query: SearchQuery, take: (face: number, other: number, similarity: number) => void, watch: Watch): void {
    const { units, faces, minSimilarity, exactFrom } = query;
    const row = (face: number): Float32Array => units.subarray(face * this.#length, (face + 1) * this.#length);
    // One more, as a face finds itself.
    const count = Math.min(query.count + 1, this.#index.size());
    for (let from = 0; from < faces.length; from += batch) {
      watch.throwIfCancelled();
      const part = faces.slice(from, from + batch);
      const { keys, distances } = this.#search(this.#gather(units, part), count);
      part.forEach((face, index) => {
        for (let at = index * count; at < (index + 1) * count; at++) {
          const key = Number(keys[at]!);
          const other = key < this.#nextKey ? this.#faceOf[key]! : -1;
          if (other < 0 || other === face) continue;
          const rough = 1 - distances[at]!;
          const similarity = rough >= exactFrom - quantizationError ? dotProduct(row(face), row(other)) : rough;
          if (similarity >= minSimilarity) take(face, other, similarity);
        }
      });
      watch.onProgress(Math.min(1, (from + part.length) / faces.length));
    }
  }

  /** One query comes back in another shape than several: it is asked twice. */
  #search(vectors: Float32Array, count: number): { keys: BigUint64Array; distances: Float32Array } {
    const threads = availableParallelism();
    if (vectors.length > this.#length) return this.#index.search(vectors, count, threads);
    const twice = new Float32Array(2 * this.#length);
    twice.set(vectors);
    twice.set(vectors, this.#length);
    return this.#index.search(twice, count, threads);
  }

  #gather(units: Float32Array, faces: readonly number[]): Float32Array {
    const gathered = new Float32Array(faces.length * this.#length);
    faces.forEach((face, at) => gathered.set(units.subarray(face * this.#length, (face + 1) * this.#length), at * this.#length));
    return gathered;
  }
}

function loadModule(): SearchModule | null {
  try {
    return createRequire(import.meta.url)('usearch') as SearchModule;
  } catch {
    return null;
  }
}
