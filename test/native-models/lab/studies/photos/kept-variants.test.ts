import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keepVariants, openKeptVariants, type VariantFace } from '../../../../../native-models/lab/studies/photos/kept-variants.ts';

const key = { pack: 'standard', packFingerprint: 'abc', pipelineVersion: 2, effort: 'balanced' };
const face: VariantFace = {
  photo: 'Al/1.jpg',
  landmarks: Float32Array.of(1, 2.5),
  embeddings: new Map([['original', Float32Array.of(0.1, -1e-20)]]),
};

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'kindred-kept-variants-'));
  file = path.join(folder, 'study.jsonl');
});
afterEach(() => rm(folder, { recursive: true }));

describe('kept variants', () => {
  it('come back to the last bit, what was added later beside what was there', async () => {
    expect(await openKeptVariants(file, key)).toEqual(new Map());
    await keepVariants(file, face);
    await keepVariants(file, { ...face, embeddings: new Map([['jpeg 10', Float32Array.of(3)]]) });
    await keepVariants(file, { photo: 'Bo/1.jpg', landmarks: null, embeddings: new Map() });
    const kept = await openKeptVariants(file, key);
    expect(kept.get('Al/1.jpg')).toEqual({ ...face, embeddings: new Map([...face.embeddings, ['jpeg 10', Float32Array.of(3)]]) });
    expect(kept.get('Bo/1.jpg')).toEqual({ photo: 'Bo/1.jpg', landmarks: null, embeddings: new Map() });
  });

  it('lose the line alone that was being written when the study was killed', async () => {
    await openKeptVariants(file, key);
    await keepVariants(file, face);
    await appendFile(file, '{"photo":"Bo/1.j');
    expect([...(await openKeptVariants(file, key)).keys()]).toEqual(['Al/1.jpg']);
    await keepVariants(file, { ...face, photo: 'Cy/1.jpg' });
    expect([...(await openKeptVariants(file, key)).keys()]).toEqual(['Al/1.jpg', 'Cy/1.jpg']);
  });

  it('of another pack are begun anew', async () => {
    await openKeptVariants(file, key);
    await keepVariants(file, face);
    expect((await openKeptVariants(file, { ...key, packFingerprint: 'def' })).size).toBe(0);
    expect((await openKeptVariants(file, key)).size).toBe(0);
  });

  it('are not looked for in another file, which is left alone', async () => {
    await writeFile(file, 'a shopping list\n');
    await expect(openKeptVariants(file, key)).rejects.toMatchObject({ code: 'bad-argument' });
    expect(await readFile(file, 'utf8')).toBe('a shopping list\n');
  });
});
