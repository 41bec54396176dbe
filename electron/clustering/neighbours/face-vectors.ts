/** Keeps the embeddings of a library's faces as unit vectors in one array, while faces come and go. */

import { AppError } from '../../base/errors.ts';
import { findSubspace, type Subspace } from './subspace.ts';

/** How faces have moved from one update to the next. */
export interface FaceMoves {
  /** [faces before], where each face is now, -1 where it is gone */
  readonly moved: Int32Array;
  /** Faces that are new, ascending. */
  readonly fresh: Int32Array;
}

/** A library of so many faces shows which dimensions embeddings use. */
const facesThatShow = 1_024;
/** Room for faces to come: an import brings them by the dozen. */
const growth = 1.25;

export class FaceVectors {
  /** Numbers of an embedding. */
  readonly length: number;
  readonly #tolerance: number;
  #rows: Float64Array = new Float64Array(0);
  #capacity: Float32Array = new Float32Array(0);
  #subspace: Subspace | null = null;
  #isSubspaceKnown = false;

  /** @param length numbers of an embedding
   *  @param tolerance see [Note: subspace]; 0 keeps all dimensions */
  constructor(length: number, tolerance: number) {
    this.length = length;
    this.#tolerance = tolerance;
  }

  /** Numbers of a unit vector: fewer than of an embedding where embeddings do not use all dimensions. Changes with an update
   *  at most once. */
  get unitLength(): number {
    return this.#subspace?.dimensions ?? this.length;
  }

  get subspace(): Subspace | null {
    return this.#subspace;
  }

  /** Takes the dimensions of an earlier session, before the first update. */
  adopt(subspace: Subspace): void {
    this.#subspace = subspace;
    this.#isSubspaceKnown = true;
  }

  get faceCount(): number {
    return this.#rows.length;
  }

  /** [n, unitLength], in the order of the last update; valid until the next one */
  get units(): Float32Array {
    return this.#capacity.subarray(0, this.#rows.length * this.unitLength);
  }

  /** @param rows numbers that embeddings keep for as long as they are the same
   *  @returns the indices of those that an update has to bring, ascending */
  listMissing(rows: Float64Array): Int32Array {
    return matchRows(this.#rows, rows).fresh;
  }

  /**
   * Holds exactly these faces from now on.
   * @param rows [n], without duplicates
   * @param embeddings [m, length] of the faces that listMissing names, finite and not zero; or of all, [n, length]. Its
   *   memory may be kept, written to, and given back: not to be read afterwards
   * @throws AppError "internal" where embeddings are missing
   */
  update(rows: Float64Array, embeddings: Float32Array): FaceMoves {
    const { moved, fresh } = matchRows(this.#rows, rows);
    const bringsAll = embeddings.length === rows.length * this.length;
    if (!bringsAll && embeddings.length !== fresh.length * this.length) {
      throw new AppError('internal', `Expected ${fresh.length} embeddings but received ${embeddings.length / this.length}`);
    }
    const subspace = this.#subspace;
    if (fresh.length === rows.length && bringsAll && subspace === null) this.#capacity = embeddings;
    else this.#rearrange(rows.length, moved);
    const unit = new Float32Array(this.length);
    fresh.forEach((face, at) => {
      const from = (bringsAll ? face : at) * this.length;
      const embedding = embeddings.subarray(from, from + this.length);
      if (subspace === null) return normalizeInto(embedding, this.#capacity, face * this.length);
      normalizeInto(embedding, unit, 0);
      subspace.write(unit, this.#capacity, face * subspace.dimensions);
    });
    this.#rows = rows.slice();
    if (this.#tolerance > 0 && !this.#isSubspaceKnown && rows.length >= facesThatShow) {
      this.#enterSubspace();
      // Nobody else may read what was kept, and a million embeddings take two gigabytes: not even the caller's hold stays.
      if (this.#subspace !== null && fresh.length === rows.length && bringsAll) release(embeddings);
    }
    return { moved, fresh };
  }

  /** See [Note: subspace]. */
  #enterSubspace(): void {
    this.#isSubspaceKnown = true;
    const units = this.units;
    const subspace = findSubspace(units, this.length, this.#tolerance);
    if (subspace === null) return;
    const count = this.#rows.length;
    const written = new Float32Array(count * subspace.dimensions);
    for (let face = 0; face < count; face++) {
      subspace.write(units.subarray(face * this.length, (face + 1) * this.length), written, face * subspace.dimensions);
    }
    this.#capacity = written;
    this.#subspace = subspace;
  }

  /** In place where faces keep their order: a second copy of a large library would not fit. */
  #rearrange(faceCount: number, moved: Int32Array): void {
    const length = this.unitLength;
    const kept = this.#capacity;
    const needed = faceCount * length;
    const isInOrder = isAscending(moved);
    const target = isInOrder && kept.length >= needed ? kept : new Float32Array(Math.ceil((needed * growth) / length) * length);
    const copy = (from: number, to: number): void => {
      if (target !== kept || from !== to) target.set(kept.subarray(from * length, (from + 1) * length), to * length);
    };
    // Those that move down first, from below; then those that move up, from above: none lands on one that still waits.
    for (let old = 0; old < moved.length; old++) if (moved[old]! >= 0 && moved[old]! <= old) copy(old, moved[old]!);
    for (let old = moved.length - 1; old >= 0; old--) if (moved[old]! > old) copy(old, moved[old]!);
    this.#capacity = target;
  }
}

/** Gives memory back whoever still holds it. */
function release(array: Float32Array): void {
  if (array.buffer instanceof ArrayBuffer) structuredClone(array.buffer, { transfer: [array.buffer] });
}

/** @returns how faces have moved from one list of embeddings to the next */
export function matchRows(before: Float64Array, rows: Float64Array): FaceMoves {
  const places = new Map<number, number>();
  before.forEach((row, face) => places.set(row, face));
  const moved = new Int32Array(before.length).fill(-1);
  const fresh: number[] = [];
  rows.forEach((row, face) => {
    const old = places.get(row);
    if (old === undefined) fresh.push(face);
    else moved[old] = face;
  });
  return { moved, fresh: Int32Array.from(fresh) };
}

function isAscending(moved: Int32Array): boolean {
  let last = -1;
  for (const face of moved) {
    if (face < 0) continue;
    if (face < last) return false;
    last = face;
  }
  return true;
}

function normalizeInto(embedding: Float32Array, target: Float32Array, start: number): void {
  let squares = 0;
  for (const value of embedding) squares += value * value;
  const scale = 1 / Math.sqrt(squares);
  for (let at = 0; at < embedding.length; at++) target[start + at] = embedding[at]! * scale;
}
