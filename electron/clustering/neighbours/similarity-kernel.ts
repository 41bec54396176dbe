/** Multiplies blocks of embeddings, every row with every row, by a small WebAssembly kernel with SIMD. */

/** What is used of WebAssembly, which Node's types leave to the browser's. */
interface WebAssemblyApi {
  readonly Memory: new (descriptor: { initial: number }) => { readonly buffer: ArrayBuffer };
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: Readonly<Record<string, unknown>> };
}
const webAssembly = (globalThis as unknown as { WebAssembly: WebAssemblyApi }).WebAssembly;

/** Rows of a block: two blocks of 512 numbers and their products stay within a core's second-level cache. */
export const blockRows = 128;

/** Rows that one pass of the kernel's inner loop holds in registers: 2 x 4 sums of 4 lanes each. */
const tileRows = 2;
const tileColumns = 4;

export interface SimilarityKernel {
  /** Fills [blockRows, width] of the left block; rows past `count` become zero. */
  loadLeft(read: (row: number) => Float32Array, count: number): void;
  loadRight(read: (row: number) => Float32Array, count: number): void;
  /** @returns [leftCount, blockRows], dot products by left row and right row; overwritten by the next call */
  multiply(): Float32Array;
}

/**
 * [Note: reproducible similarity] Every pair's product is summed in the same order wherever in a block the two rows
 * stand and whichever of them is on the left, so a similarity has the same bits whether it was computed while folding
 * in new faces or from scratch, and a partition never depends on when its faces came.
 *
 * @param length numbers of an embedding, any positive integer
 */
export function createSimilarityKernel(length: number): SimilarityKernel {
  const paddedLength = Math.ceil(length / 4) * 4;
  const rowBytes = paddedLength * 4;
  const blockBytes = blockRows * rowBytes;
  const productBytes = blockRows * blockRows * 4;
  const memory = new webAssembly.Memory({ initial: Math.ceil((2 * blockBytes + productBytes) / 65_536) });
  const module = new webAssembly.Module(assembleKernel());
  const { exports } = new webAssembly.Instance(module, { host: { memory } });
  const multiply = exports.multiply as (...parameters: number[]) => void;
  const left = new Float32Array(memory.buffer, 0, blockRows * paddedLength);
  const right = new Float32Array(memory.buffer, blockBytes, blockRows * paddedLength);
  const products = new Float32Array(memory.buffer, 2 * blockBytes, blockRows * blockRows);
  let leftCount = 0;
  let rightCount = 0;

  function load(block: Float32Array, read: (row: number) => Float32Array, count: number): void {
    for (let row = 0; row < count; row++) block.set(read(row), row * paddedLength);
    block.fill(0, count * paddedLength);
  }
  return {
    loadLeft(read, count) {
      load(left, read, count);
      leftCount = count;
    },
    loadRight(read, count) {
      load(right, read, count);
      rightCount = count;
    },
    multiply() {
      const rows = Math.ceil(leftCount / tileRows) * tileRows;
      const columns = Math.ceil(rightCount / tileColumns) * tileColumns;
      multiply(0, rows * rowBytes, blockBytes, blockBytes + columns * rowBytes, 2 * blockBytes, rowBytes, blockRows * 4);
      return products;
    },
  };
}

// WebAssembly binary format: opcodes used here. Source: WebAssembly core specification 2.0, chapter 5.
const i32 = 0x7f;
const v128 = 0x7b;
const loop = [0x03, 0x40];
const end = [0x0b];
const branchIf = [0x0d, 0x00];
const addInt = [0x6a];
const lessThan = [0x49];
const addFloat = [0x92];
const storeFloat = [0x38, 0x02, 0x00];
const loadVector = [0xfd, 0x00, 0x04, 0x00];
const zeroVector = [0xfd, 0x0c, ...new Array<number>(16).fill(0)];
const addVectors = [0xfd, 0xe4, 0x01];
const multiplyVectors = [0xfd, 0xe6, 0x01];
const get = (local: number): number[] => [0x20, local];
const set = (local: number): number[] => [0x21, local];
const constant = (value: number): number[] => [0x41, ...encodeSigned(value)];
const lane = (index: number): number[] => [0xfd, 0x1f, index];

/**
 * Writes the module: one function `multiply(left, leftEnd, right, rightEnd, products, rowBytes, productRowBytes)`
 * over an imported memory, all addresses in bytes. Written out here as it is too small for a compiler and a binary
 * file of its own, and so that it can be read.
 */
function assembleKernel(): Uint8Array<ArrayBuffer> {
  const [left, leftEnd, right, rightEnd, products, rowBytes, productRowBytes] = [0, 1, 2, 3, 4, 5, 6];
  const [column, output, offset] = [7, 8, 9];
  const leftRows = [left, 10];
  const rightRows = [column, 11, 12, 13];
  const vectors = 14;
  const sum = (row: number, col: number): number => vectors + row * tileColumns + col;
  const leftVector = (row: number): number => vectors + tileRows * tileColumns + row;
  const rightVector = vectors + tileRows * tileColumns + tileRows;
  const advance = (local: number, by: number[]): number[] => [...get(local), ...by, ...addInt, ...set(local)];
  const loadAt = (row: number): number[] => [...get(row), ...get(offset), ...addInt, ...loadVector];
  const tileIndices = Array.from({ length: tileRows * tileColumns }, (_, index) => index);

  const innerLoop = [
    ...loop,
    ...leftRows.flatMap((row, index) => [...loadAt(row), ...set(leftVector(index))]),
    ...rightRows.flatMap((row, col) => [
      ...loadAt(row),
      ...set(rightVector),
      ...leftRows.flatMap((_, index) => [
        ...get(sum(index, col)),
        ...get(leftVector(index)),
        ...get(rightVector),
        ...multiplyVectors,
        ...addVectors,
        ...set(sum(index, col)),
      ]),
    ]),
    ...advance(offset, constant(16)),
    ...[...get(offset), ...get(rowBytes), ...lessThan, ...branchIf],
    ...end,
  ];
  const storeSums = tileIndices.flatMap((index) => {
    const row = Math.floor(index / tileColumns);
    const col = index % tileColumns;
    const laneOf = (which: number): number[] => [...get(sum(row, col)), ...lane(which)];
    return [
      ...get(output),
      ...(row === 1 ? [...get(productRowBytes), ...addInt] : []),
      ...[...constant(col * 4), ...addInt],
      ...[...laneOf(0), ...laneOf(1), ...addFloat, ...laneOf(2), ...laneOf(3), ...addFloat, ...addFloat],
      ...storeFloat,
    ];
  });
  const columnLoop = [
    ...loop,
    ...[1, 2, 3].flatMap((row) => [...get(rightRows[row - 1]!), ...get(rowBytes), ...addInt, ...set(rightRows[row]!)]),
    ...tileIndices.flatMap((index) => [...zeroVector, ...set(vectors + index)]),
    ...[...constant(0), ...set(offset)],
    ...innerLoop,
    ...storeSums,
    ...advance(output, constant(tileColumns * 4)),
    ...[...get(rightRows[3]!), ...get(rowBytes), ...addInt, ...set(column)],
    ...[...get(column), ...get(rightEnd), ...lessThan, ...branchIf],
    ...end,
  ];
  const body = [
    ...loop,
    ...[...get(left), ...get(rowBytes), ...addInt, ...set(leftRows[1]!)],
    ...[...get(right), ...set(column)],
    ...[...get(products), ...set(output)],
    ...columnLoop,
    ...[...get(leftRows[1]!), ...get(rowBytes), ...addInt, ...set(left)],
    ...advance(products, get(productRowBytes)),
    ...advance(products, get(productRowBytes)),
    ...[...get(left), ...get(leftEnd), ...lessThan, ...branchIf],
    ...end,
    ...end,
  ];
  const intLocals = vectors - 7;
  const vectorLocals = tileRows * tileColumns + tileRows + 1;
  const code = [2, intLocals, i32, vectorLocals, v128, ...body];
  const signature = [0x60, 7, ...new Array<number>(7).fill(i32), 0];
  const name = (text: string): number[] => [text.length, ...new TextEncoder().encode(text)];
  const section = (id: number, content: number[]): number[] => [id, ...encodeUnsigned(content.length), ...content];
  return new Uint8Array([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, ...signature]),
    ...section(2, [1, ...name('host'), ...name('memory'), 0x02, 0x00, 1]),
    ...section(3, [1, 0]),
    ...section(7, [1, ...name('multiply'), 0x00, 0]),
    ...section(10, [1, ...encodeUnsigned(code.length), ...code]),
  ]);
}

/** LEB128. */
function encodeUnsigned(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 128) return [...bytes, rest];
    bytes.push((rest & 127) | 128);
  }
}

/** LEB128 with sign, for values of 0 and more. */
function encodeSigned(value: number): number[] {
  const bytes = encodeUnsigned(value);
  const last = bytes.at(-1)!;
  return last < 64 ? bytes : [...bytes.slice(0, -1), last | 128, 0];
}
