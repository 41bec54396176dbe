import { createHash } from 'node:crypto';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isPhotoFileName, isSkippedFolderName, isUnsupportedImageName } from '../../electron/library/file-types.ts';
import { fingerprint, readPhotoFile } from '../../electron/library/fingerprint.ts';
import { findMount, locateOnVolume, parseMounts } from '../../electron/library/volumes.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'kindred-files-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});
const withCode = (code: string): unknown => expect.objectContaining({ code });

describe('reading a photo file', () => {
  it('gives its bytes, by text and by raw path, and its sha256', async () => {
    const file = path.join(folder, 'a.jpg');
    await writeFile(file, 'content');
    expect((await readPhotoFile(file)).toString()).toBe('content');
    const bytes = await readPhotoFile(Buffer.from(file));
    expect(Buffer.from(fingerprint(bytes)).toString('hex')).toBe(createHash('sha256').update('content').digest('hex'));
  });

  it('tells what is wrong with it', async () => {
    await writeFile(path.join(folder, 'empty.jpg'), '');
    await expect(readPhotoFile(path.join(folder, 'gone.jpg'))).rejects.toThrowError(withCode('file-vanished'));
    await expect(readPhotoFile(path.join(folder, 'empty.jpg'))).rejects.toThrowError(withCode('empty-file'));
    await expect(readPhotoFile(folder)).rejects.toThrowError(withCode('unreadable-file'));
  });

  it.runIf(process.platform !== 'win32' && process.getuid?.() !== 0)('tells a file that it may not read', async () => {
    const file = path.join(folder, 'a.jpg');
    await writeFile(file, 'content');
    await chmod(file, 0o000);
    await expect(readPhotoFile(file)).rejects.toThrowError(withCode('permission-denied'));
  });
});

describe('names', () => {
  it('tell photos from other images and from the rest', () => {
    expect(['a.jpg', 'A.JPEG', 'b.tiff', 'x.y.gif'].every(isPhotoFileName)).toBe(true);
    expect(['a.heic', '.hidden.jpg', '._a.jpg', 'jpg', 'a.txt', 'a.jpg.txt'].some(isPhotoFileName)).toBe(false);
    expect(['a.heic', 'b.NEF', 'c.psd'].every(isUnsupportedImageName)).toBe(true);
    expect(isUnsupportedImageName('a.jpg')).toBe(false);
  });

  it('tell folders that hold nothing of the user', () => {
    expect(['.git', '@eaDir', '$RECYCLE.BIN', 'System Volume Information', 'Previews.lrdata'].every((name) => isSkippedFolderName(name))).toBe(true);
    expect(['Photos', '2019', 'resources', 'Thumbelina'].some((name) => isSkippedFolderName(name))).toBe(false);
    expect(isSkippedFolderName('resources', 'Photos Library.photoslibrary')).toBe(true);
  });
});

describe('volumes', () => {
  const table = [
    '22 1 8:2 / / rw,relatime shared:1 - ext4 /dev/sda2 rw',
    '30 22 8:17 / /media/ann/USB\\040STICK rw - vfat /dev/sdb1 rw',
    '31 22 0:45 /photos /mnt/nas rw - nfs4 server:/export rw',
    '32 31 8:33 / /mnt/nas/inner rw - ext4 /dev/sdc1 rw',
    '',
  ].join('\n');

  it('are read from the kernel, spaces and all', () => {
    expect(parseMounts(table)[1]).toEqual({
      mountPath: '/media/ann/USB STICK',
      fileSystemRoot: '/',
      fileSystemType: 'vfat',
      source: '/dev/sdb1',
    });
  });

  it.each([
    ['/home/ann/a.jpg', '/'],
    ['/media/ann/USB STICK/a.jpg', '/media/ann/USB STICK'],
    ['/media/ann/USB STICK', '/media/ann/USB STICK'],
    ['/mnt/nas/inner/a.jpg', '/mnt/nas/inner'],
    ['/mnt/nas/innermost/a.jpg', '/mnt/nas'],
    ['/mnt/nasty/a.jpg', '/'],
  ])('of %s is mounted at %s', (file, mountPath) => {
    expect(findMount(parseMounts(table), file)?.mountPath).toBe(mountPath);
  });

  it('and the path on them make the path again', async () => {
    const file = path.join(folder, 'sub', '할머니 사진.jpg'.normalize('NFD'));
    const location = await locateOnVolume(file);
    expect(location.volumeKey).not.toBe('');
    expect(path.join(location.mountPath, Buffer.from(location.relativePathBytes).toString())).toBe(file);
    expect(location.relativePath).toBe(location.relativePath.normalize('NFC'));
    expect(location.relativePath.endsWith('할머니 사진.jpg'.normalize('NFC'))).toBe(true);
  });

  it('are the same for a folder, for what lies in it and for raw paths', async () => {
    const file = path.join(folder, 'a.jpg');
    await writeFile(file, 'x');
    const [ofFolder, ofFile, ofRaw] = await Promise.all([locateOnVolume(folder), locateOnVolume(file), locateOnVolume(Buffer.from(file))]);
    expect(ofFile.volumeKey).toBe(ofFolder.volumeKey);
    expect(ofFile.relativePath).toBe(`${ofFolder.relativePath}/a.jpg`);
    expect(ofRaw).toEqual(ofFile);
  });
});
