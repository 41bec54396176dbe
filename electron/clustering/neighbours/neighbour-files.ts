/** Keeps lists of neighbours in files, so that a new session need not compare what an earlier one has compared. */

import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ApproximateSearch } from './approximate-search.ts';
import { CappedLists } from './neighbour-lists.ts';
import { Subspace } from './subspace.ts';

export interface StoredNeighbours {
  /** [n], the embeddings that the lists are of */
  readonly rows: Float64Array;
  readonly lists: CappedLists;
  readonly cap: number;
  readonly search: ApproximateSearch | null;
  /** What the graph's vectors are written in; null for all dimensions. */
  readonly subspace: Subspace | null;
}

/** Raised when the files' form changes, or what a list holds. */
const version = 1;
const listsFile = 'neighbours.lists';
const graphFile = 'neighbours.graph';
/** Where arrays begin: a multiple of what the largest numbers need. */
const alignment = 8;

interface Header {
  readonly version: number;
  readonly signature: string;
  readonly cap: number;
  readonly faceCount: number;
  /** Keys of the graph; null where there is none. */
  readonly keyCount: number | null;
  /** Of the subspace; null where there is none. */
  readonly dimensions: number | null;
}

/** Takes away what a writing that was cut off has left. */
async function sweepNeighbours(folder: string): Promise<void> {
  for (const file of [listsFile, graphFile]) await rm(unfinished(path.join(folder, file)), { force: true });
}

function unfinished(file: string): string {
  return `${file}.part`;
}

/** A half-written file is never read: it gets its name at the end. The graph's comes first, so that lists which speak of
 *  it find it.
 *  @param signature what the lists depend on besides the embeddings */
export async function writeNeighbours(
  folder: string,
  {
    signature,
    rows,
    lists,
    search,
    subspace,
  }: { signature: string; rows: Float64Array; lists: CappedLists; search: ApproximateSearch | null; subspace: Subspace | null },
): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const [listsPath, graphPath] = [path.join(folder, listsFile), path.join(folder, graphFile)];
  await rm(listsPath, { force: true });
  let keys: Float64Array | null = null;
  if (search === null) {
    await rm(graphPath, { force: true });
  } else {
    keys = search.save(unfinished(graphPath));
    await rename(unfinished(graphPath), graphPath);
  }
  const { cap, faceCount, ids, similarities, counts, isTruncated } = lists.serialize();
  const dimensions = subspace?.dimensions ?? null;
  const header: Header = { version, signature, cap, faceCount, keyCount: keys?.length ?? null, dimensions };
  const headerBytes = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(alignment);
  length.writeUInt32LE(headerBytes.length);
  const basis = subspace?.basis ?? new Float32Array(0);
  const arrays = [rows, keys ?? new Float64Array(0), basis, ids, similarities, counts, isTruncated];
  const parts = [length, pad(headerBytes), ...arrays.map(viewBytes).map(pad)];
  await writeFile(unfinished(listsPath), parts, { mode: 0o600 });
  await rename(unfinished(listsPath), listsPath);
}

/** @returns null where there is nothing of that signature, or what there is cannot be read: it can be made again */
export async function readNeighbours(folder: string, signature: string, embeddingLength: number): Promise<StoredNeighbours | null> {
  try {
    await sweepNeighbours(folder);
    const bytes = await readFile(path.join(folder, listsFile));
    const { buffer } = new Uint8Array(bytes);
    const headerLength = new DataView(buffer).getUint32(0, true);
    const header = JSON.parse(Buffer.from(buffer, alignment, headerLength).toString()) as Header;
    if (header.version !== version || header.signature !== signature) return null;
    let at = alignment + roundUp(headerLength);
    const take = (byteLength: number): number => {
      const start = at;
      at += roundUp(byteLength);
      return start;
    };
    const { cap, faceCount, keyCount, dimensions } = header;
    const entries = cap * faceCount;
    const rows = new Float64Array(buffer, take(8 * faceCount), faceCount);
    const keys = new Float64Array(buffer, take(8 * (keyCount ?? 0)), keyCount ?? 0);
    const basisLength = (dimensions ?? 0) * embeddingLength;
    const basis = new Float32Array(buffer, take(4 * basisLength), basisLength);
    const lists = CappedLists.deserialize({
      cap,
      faceCount,
      ids: new Int32Array(buffer, take(4 * entries), entries),
      similarities: new Float32Array(buffer, take(4 * entries), entries),
      counts: new Uint16Array(buffer, take(2 * faceCount), faceCount),
      isTruncated: new Uint8Array(buffer, take(faceCount), faceCount),
    });
    const search = keyCount === null ? null : ApproximateSearch.open(dimensions ?? embeddingLength);
    if (keyCount !== null && search === null) return null;
    search?.load(path.join(folder, graphFile), keys);
    return { rows, lists, cap, search, subspace: dimensions === null ? null : new Subspace(basis, embeddingLength) };
  } catch {
    return null;
  }
}

function viewBytes(array: Float64Array | Float32Array | Int32Array | Uint16Array | Uint8Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

function pad(bytes: Uint8Array): Uint8Array {
  const length = roundUp(bytes.length);
  if (length === bytes.length) return bytes;
  const padded = new Uint8Array(length);
  padded.set(bytes);
  return padded;
}

function roundUp(byteLength: number): number {
  return Math.ceil(byteLength / alignment) * alignment;
}
