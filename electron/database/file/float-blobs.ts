/** Lists of numbers as blobs: float32, little endian, which is how every machine that Kindred runs on keeps them. */

/** @returns a view of `values`, to be stored at once */
export function viewFloats(values: Float32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/** @returns a copy: a blob need not begin where four bytes align */
export function readFloats(blob: Uint8Array): Float32Array {
  const values = new Float32Array(Math.floor(blob.byteLength / 4));
  new Uint8Array(values.buffer).set(blob.subarray(0, values.byteLength));
  return values;
}
