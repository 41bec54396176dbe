/** Reads files out of a tar, such as a .tgz as npm packs it. */

import { gunzipSync } from 'node:zlib';

/**
 * @param {Uint8Array} tarball gzipped tar
 * @param {(path: string) => boolean} isWanted
 * @returns {Map<string, Buffer>} by path inside the tarball; views of one buffer
 * @throws Error for a tarball that ends inside an entry
 */
export function readTarball(tarball, isWanted) {
  return readTar(gunzipSync(tarball), isWanted);
}

/**
 * @param {Buffer} tar
 * @param {(path: string) => boolean} isWanted
 * @returns {Map<string, Buffer>} by path inside the archive; views of one buffer
 * @throws Error for an archive that ends inside an entry
 */
export function readTar(tar, isWanted) {
  /** @type {Map<string, Buffer>} */
  const files = new Map();
  let longPath = '';
  for (let offset = 0; offset + 512 <= tar.length; ) {
    const header = tar.subarray(offset, offset + 512);
    if (header.every((byte) => byte === 0)) break;
    const size = Number.parseInt(readText(header, 124, 12), 8);
    const type = String.fromCharCode(header[156] ?? 0);
    const content = tar.subarray(offset + 512, offset + 512 + size);
    if (!Number.isFinite(size) || content.length !== size) throw new Error('Expected a whole tarball but it ends early');
    if (type === 'x') {
      longPath = /^\d+ path=(.*)$/m.exec(content.toString())?.[1] ?? '';
    } else if (type === 'L') {
      longPath = readText(content, 0, size);
    } else {
      const prefix = readText(header, 345, 155);
      const name = readText(header, 0, 100);
      const path = longPath || (prefix === '' ? name : `${prefix}/${name}`);
      if ((type === '0' || type === '\0') && isWanted(path)) files.set(path, content);
      longPath = '';
    }
    offset += 512 + Math.ceil(size / 512) * 512;
  }
  return files;
}

/**
 * @param {Buffer} buffer
 * @param {number} start
 * @param {number} length
 */
function readText(buffer, start, length) {
  const field = buffer.subarray(start, start + length);
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end < 0 ? length : end).trim();
}
