/** Takes single files out of a large zip archive (a Python wheel), streaming, without any dependency. */

import { createReadStream, createWriteStream, mkdirSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createInflateRaw } from 'node:zlib';

/**
 * @typedef {{ path: string, method: number, compressedBytes: number, bytes: number, headerOffset: number }} ZipEntry
 */

/**
 * @param {string} zipPath
 * @returns {Promise<ZipEntry[]>}
 * @throws Error for something that is no zip, or one of more than 4 GB
 */
export async function listZip(zipPath) {
  const file = await open(zipPath);
  try {
    const { size } = await file.stat();
    const tail = Buffer.alloc(Math.min(size, 65_557));
    await file.read(tail, 0, tail.length, size - tail.length);
    const end = tail.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]));
    if (end < 0) throw new Error(`Expected a whole zip archive but received ${zipPath}`);
    const count = tail.readUInt16LE(end + 10);
    const directory = Buffer.alloc(tail.readUInt32LE(end + 12));
    const offset = tail.readUInt32LE(end + 16);
    if (count === 0xffff || offset === 0xffff_ffff) throw new Error(`Expected a zip archive below 4 GB but received ${zipPath}`);
    await file.read(directory, 0, directory.length, offset);
    return parseDirectory(directory, count);
  } finally {
    await file.close();
  }
}

/**
 * @param {Buffer} directory
 * @param {number} count
 */
function parseDirectory(directory, count) {
  /** @type {ZipEntry[]} */
  const entries = [];
  let at = 0;
  for (let index = 0; index < count; index += 1) {
    if (directory.readUInt32LE(at) !== 0x0201_4b50) throw new Error('Expected a zip directory entry but received other bytes');
    const nameLength = directory.readUInt16LE(at + 28);
    entries.push({
      method: directory.readUInt16LE(at + 10),
      compressedBytes: directory.readUInt32LE(at + 20),
      bytes: directory.readUInt32LE(at + 24),
      headerOffset: directory.readUInt32LE(at + 42),
      path: directory.toString('utf8', at + 46, at + 46 + nameLength),
    });
    at += 46 + nameLength + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return entries;
}

/**
 * @param {string} zipPath
 * @param {ZipEntry} entry
 * @param {string} target
 * @param {(bytes: number) => void} [onBytes] called with the size of each part written
 * @throws Error where the entry's size is not what the directory says
 */
export async function extractZipEntry(zipPath, entry, target, onBytes = () => {}) {
  mkdirSync(dirname(target), { recursive: true });
  const start = await findContent(zipPath, entry);
  let written = 0;
  const count = new Transform({
    transform(chunk, _encoding, done) {
      written += chunk.length;
      onBytes(chunk.length);
      done(undefined, chunk);
    },
  });
  if (entry.compressedBytes === 0) {
    writeFileSync(target, '');
    return;
  }
  const output = createWriteStream(target);
  const input = createReadStream(zipPath, { start, end: start + entry.compressedBytes - 1, highWaterMark: 1 << 20 });
  if (entry.method === 8) await pipeline(input, createInflateRaw({ chunkSize: 1 << 20 }), count, output);
  else if (entry.method === 0) await pipeline(input, count, output);
  else throw new Error(`Expected stored or deflated content for ${entry.path} but received method ${entry.method}`);
  if (written !== entry.bytes) throw new Error(`Expected ${entry.bytes} bytes for ${entry.path} but received ${written}`);
}

/**
 * The local header's own lengths can differ from the directory's.
 * @param {string} zipPath
 * @param {ZipEntry} entry
 */
async function findContent(zipPath, entry) {
  const file = await open(zipPath);
  try {
    const header = Buffer.alloc(30);
    await file.read(header, 0, 30, entry.headerOffset);
    return entry.headerOffset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
  } finally {
    await file.close();
  }
}
