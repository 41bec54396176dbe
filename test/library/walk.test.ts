import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { walkPhotos, type Walked, type WalkedFile } from '../../electron/library/walk.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'kindred-walk-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function put(...names: string[]): Promise<void> {
  for (const name of names) {
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, 'x');
  }
}
async function walk(folders: string[] = [folder], options: { signal?: AbortSignal } = {}): Promise<Walked[]> {
  const found: Walked[] = [];
  for await (const item of walkPhotos(folders, options)) found.push(item);
  return found;
}
const photosOf = (found: Walked[]): WalkedFile[] => found.filter((item) => item.kind === 'photo');
const namesOf = (found: Walked[]): string[] => photosOf(found).map(({ displayPath }) => path.relative(folder, displayPath));
const canBeDenied = process.platform !== 'win32' && process.getuid?.() !== 0;

describe('a walk', () => {
  it('finds photos of every type, deep, in an order that stays', async () => {
    await put('b.JPG', 'a.jpeg', 'sub/c.png', 'sub/deep/d.webp', 'e.avif', 'f.TIF', 'g.gif', 'notes.txt', 'movie.mp4');
    const expected = ['a.jpeg', 'b.JPG', 'e.avif', 'f.TIF', 'g.gif', 'sub/c.png', 'sub/deep/d.webp'];
    expect(namesOf(await walk())).toEqual(expected);
    expect(namesOf(await walk())).toEqual(expected);
  });

  it('tells size, time, root and relative path', async () => {
    await put('sub/c.png');
    const [photo] = photosOf(await walk());
    expect(photo).toMatchObject({ byteSize: 1, name: 'c.png', root: folder, relative: path.join('sub', 'c.png') });
    expect(photo!.mtimeNs).toBeGreaterThan(0n);
    expect(photo!.path.toString()).toBe(path.join(folder, 'sub', 'c.png'));
  });

  it('names images that are not supported yet by their extension', async () => {
    await put('a.heic', 'b.HEIC', 'c.CR2', 'd.psd', 'e.bmp', 'f.jxl', 'g.dng');
    const extensions = (await walk()).map((item) => (item.kind === 'unsupported' ? item.extension : item.kind));
    expect(extensions.sort()).toEqual(['bmp', 'cr2', 'dng', 'heic', 'heic', 'jxl', 'psd']);
  });

  it('skips hidden and system folders and caches of thumbnails, but not a named one', async () => {
    await put('.hidden/a.jpg', '@eaDir/b.jpg', '$RECYCLE.BIN/c.jpg', 'lost+found/d.jpg', 'Thumbs/e.jpg', '._f.jpg', 'g.jpg');
    await put('Mine.photoslibrary/originals/h.jpg', 'Mine.photoslibrary/resources/i.jpg', 'Catalog Previews.lrdata/j.jpg');
    expect(namesOf(await walk())).toEqual(['g.jpg', 'Mine.photoslibrary/originals/h.jpg']);
    expect(namesOf(await walk([path.join(folder, '.hidden')]))).toEqual(['.hidden/a.jpg']);
  });

  it('takes a single file that is named', async () => {
    await put('a.jpg', 'b.jpg', 'c.heic');
    expect(namesOf(await walk([path.join(folder, 'a.jpg')]))).toEqual(['a.jpg']);
    expect(await walk([path.join(folder, 'c.heic')])).toMatchObject([{ kind: 'unsupported', extension: 'heic' }]);
  });

  it('tells a file once where named folders overlap', async () => {
    await put('sub/a.jpg');
    expect(namesOf(await walk([folder, path.join(folder, 'sub'), folder]))).toEqual(['sub/a.jpg']);
  });

  it('refuses a named path that does not exist, before anything is walked', async () => {
    await put('a.jpg');
    const found: Walked[] = [];
    const missing = path.join(folder, 'nowhere');
    const walkAll = async (): Promise<void> => {
      for await (const item of walkPhotos([folder, missing])) found.push(item);
    };
    await expect(walkAll()).rejects.toThrowError(expect.objectContaining({ code: 'not-found', parameters: { path: missing } }));
    expect(found).toEqual([]);
  });

  it('keeps names with spaces, emoji and Korean letters, composed and decomposed', async () => {
    const names = ['with space.jpg', '👩‍👧 family.jpg', '가족사진.jpg'.normalize('NFC'), '할머니.jpg'.normalize('NFD')];
    await put(...names);
    const found = photosOf(await walk());
    expect(found.map(({ name }) => name.normalize('NFC')).sort()).toEqual(names.map((name) => name.normalize('NFC')).sort());
    if (process.platform === 'linux') expect(found.map(({ name }) => name).sort()).toEqual([...names].sort());
  });

  it.runIf(process.platform === 'linux')('keeps names that are not Unicode as raw bytes', async () => {
    const name = Buffer.from([0x62, 0xfc, 0x72, 0x6f, 0x2e, 0x6a, 0x70, 0x67]);
    await writeFile(Buffer.concat([Buffer.from(`${folder}/`), name]), 'x');
    const [photo] = photosOf(await walk());
    expect(photo!.path.subarray(-name.length)).toEqual(name);
  });

  it('follows links to files and folders', async () => {
    await put('real/a.jpg');
    await mkdir(path.join(folder, 'named'));
    await symlink(path.join(folder, 'real'), path.join(folder, 'named', 'link'));
    await symlink(path.join(folder, 'real', 'a.jpg'), path.join(folder, 'named', 'b.jpg'));
    expect(namesOf(await walk([path.join(folder, 'named')]))).toEqual(['named/b.jpg', 'named/link/a.jpg']);
  });

  it('ends loops of links', async () => {
    await put('a/1.jpg', 'b/2.jpg');
    await symlink(folder, path.join(folder, 'a', 'up'));
    await symlink(path.join(folder, 'a'), path.join(folder, 'a', 'self'));
    await symlink(path.join(folder, 'b'), path.join(folder, 'a', 'over'));
    await symlink(path.join(folder, 'a'), path.join(folder, 'b', 'over'));
    const names = namesOf(await walk());
    expect(names).toEqual(['a/1.jpg', 'a/over/2.jpg', 'b/2.jpg', 'b/over/1.jpg']);
  });

  it('stays finite where many folders link to each other', async () => {
    const letters = [...'abcdefghij'];
    for (const letter of letters) {
      await put(`${letter}/${letter}.jpg`);
      for (const other of letters) {
        await symlink(path.join(folder, other), path.join(folder, letter, `to-${other}`));
      }
    }
    const names = namesOf(await walk());
    expect(new Set(names.map((name) => path.basename(name))).size).toBe(letters.length);
    expect(names.length).toBeLessThan(200);
  });

  it('tells a link to a photo that is gone, and lets other dangling links be', async () => {
    await symlink(path.join(folder, 'gone.jpg'), path.join(folder, 'dangling.jpg'));
    await symlink(path.join(folder, 'gone'), path.join(folder, 'dangling'));
    expect(await walk()).toMatchObject([{ kind: 'failure', reason: 'file-vanished', path: path.join(folder, 'dangling.jpg') }]);
  });

  it.runIf(canBeDenied)('tells a folder that it may not look into, and goes on', async () => {
    await put('closed/a.jpg', 'open/b.jpg');
    await chmod(path.join(folder, 'closed'), 0o000);
    try {
      const found = await walk();
      expect(namesOf(found)).toEqual(['open/b.jpg']);
      expect(found.filter(({ kind }) => kind === 'failure')).toMatchObject([
        { reason: 'permission-denied', path: path.join(folder, 'closed') },
      ]);
    } finally {
      await chmod(path.join(folder, 'closed'), 0o700);
    }
  });

  it('ends when it is cancelled', async () => {
    await put('a.jpg', 'sub/b.jpg');
    const controller = new AbortController();
    const walkAll = async (): Promise<void> => {
      for await (const item of walkPhotos([folder], { signal: controller.signal })) if (item) controller.abort();
    };
    await expect(walkAll()).rejects.toThrowError(expect.objectContaining({ code: 'cancelled' }));
  });
});
