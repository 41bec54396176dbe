import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { capPhotos, listLabeledPhotos } from '../../../../native-models/lab/evaluation/people-folder.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'kindred-people-'));
});

afterEach(() => rm(folder, { recursive: true }));

async function write(...names: string[]): Promise<void> {
  for (const name of names) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), '');
  }
}

describe('listLabeledPhotos', () => {
  it('lists photos by person and name, and nothing else', async () => {
    await write('Bo/2.jpg', 'Bo/10.jpg', 'Al/b.png', 'Al/a.JPG', 'Al/notes.txt', 'Al/.hidden.jpg', 'loose.jpg', 'Al/deep/c.jpg');
    const photos = await listLabeledPhotos(folder);
    expect(photos.map((photo) => [photo.person, path.relative(folder, photo.path)])).toEqual([
      ['Al', path.join('Al', 'a.JPG')],
      ['Al', path.join('Al', 'b.png')],
      ['Bo', path.join('Bo', '10.jpg')],
      ['Bo', path.join('Bo', '2.jpg')],
    ]);
  });

  it('says so where no folder holds a photo', async () => {
    await write('loose.jpg', 'Al/notes.txt');
    await expect(listLabeledPhotos(folder)).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('capPhotos', () => {
  it('keeps the first so many of each person', () => {
    const photos = ['a1', 'b1', 'a2', 'a3', 'b2'].map((name) => ({ path: name, person: name[0]! }));
    expect(capPhotos(photos, 2).map(({ path: name }) => name)).toEqual(['a1', 'b1', 'a2', 'b2']);
    expect(capPhotos(photos, 1)).toHaveLength(2);
  });
});
