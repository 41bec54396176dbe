import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { extractZipEntry, listZip } from '../../build/setup/zip.mjs';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'kindred-zip-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** An archive whose local headers have a longer extra field than the directory says, as wheels can have. */
function writeZip(files: readonly { name: string; content: Buffer; isStored?: boolean; claimedBytes?: number }[]): string {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content, isStored = false, claimedBytes = content.length } of files) {
    const packed = isStored ? content : deflateRawSync(content);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(name.length, 26);
    local.writeUInt16LE(4, 28);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(isStored ? 0 : 8, 10);
    entry.writeUInt32LE(packed.length, 20);
    entry.writeUInt32LE(claimedBytes, 24);
    entry.writeUInt16LE(name.length, 28);
    entry.writeUInt32LE(offset, 42);
    directory.push(entry, Buffer.from(name));
    const whole = Buffer.concat([local, Buffer.from(name), Buffer.alloc(4), packed]);
    parts.push(whole);
    offset += whole.length;
  }
  const listing = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(listing.length, 12);
  end.writeUInt32LE(offset, 16);
  const zipPath = path.join(folder, 'archive.zip');
  writeFileSync(zipPath, Buffer.concat([...parts, listing, end]));
  return zipPath;
}

async function extract(zipPath: string, index: number): Promise<Buffer> {
  const entry = (await listZip(zipPath))[index];
  if (entry === undefined) throw new Error('Expected an entry');
  const target = path.join(folder, 'out', 'file');
  await extractZipEntry(zipPath, entry, target);
  return readFileSync(target);
}

describe('zip archives', () => {
  const long = Buffer.alloc(3_000_000, 'abc');

  it('give deflated, stored and empty files back', async () => {
    const zipPath = writeZip([
      { name: 'deflated', content: long },
      { name: 'stored', content: Buffer.from('as it is'), isStored: true },
      { name: 'empty', content: Buffer.alloc(0), isStored: true },
    ]);
    expect((await listZip(zipPath)).map(({ path: name, bytes }) => [name, bytes])).toEqual([
      ['deflated', 3_000_000],
      ['stored', 8],
      ['empty', 0],
    ]);
    expect((await extract(zipPath, 0)).equals(long)).toBe(true);
    expect((await extract(zipPath, 1)).toString()).toBe('as it is');
    expect(await extract(zipPath, 2)).toHaveLength(0);
  });

  it('are refused when a file has another size than they say', async () => {
    const zipPath = writeZip([{ name: 'a', content: long, claimedBytes: 5 }]);
    await expect(extract(zipPath, 0)).rejects.toThrow('Expected 5 bytes for a but received 3000000');
  });

  it('are refused when they are something else', async () => {
    const zipPath = path.join(folder, 'text.zip');
    writeFileSync(zipPath, 'no archive');
    await expect(listZip(zipPath)).rejects.toThrow(/Expected a whole zip archive/);
  });
});
