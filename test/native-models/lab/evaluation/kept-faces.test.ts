import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readKeptFaces, writeKeptFaces } from '../../../../native-models/lab/evaluation/kept-faces.ts';
import type { LabeledFaces } from '../../../../native-models/lab/evaluation/labeled-faces.ts';

const key = { pack: 'standard', packFingerprint: 'abc', pipelineVersion: 2, effort: 'balanced' };
const photo: LabeledFaces = {
  photo: 'Al/1.jpg',
  person: 'Al',
  width: 250,
  height: 250,
  faces: [
    { box: { x: 1, y: 2, width: 3, height: 4.5 }, score: 0.9, quality: 0.75, isMain: true, embedding: Float32Array.of(0.1, -1e-20, 3) },
    { box: { x: 1, y: 2, width: 3, height: 4.5 }, score: 0.9, quality: 0.75, isMain: false, embedding: Float32Array.of(1, 2, 4) },
  ],
};

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'kindred-kept-faces-'));
  file = path.join(folder, 'faces.json');
});
afterEach(() => rm(folder, { recursive: true }));

describe('kept faces', () => {
  it('come back to the last bit', async () => {
    await writeKeptFaces(file, key, [photo]);
    expect(await readKeptFaces(file, key)).toEqual(new Map([['Al/1.jpg', photo]]));
  });

  it('are none where there is no file, or one of another pack or effort', async () => {
    expect((await readKeptFaces(file, key)).size).toBe(0);
    await writeKeptFaces(file, key, [photo]);
    expect((await readKeptFaces(file, { ...key, packFingerprint: 'abd' })).size).toBe(0);
    expect((await readKeptFaces(file, { ...key, effort: 'fast' })).size).toBe(0);
  });

  it.each(['', '{}', 'notes of mine'])('are not looked for in a file that holds %j', async (text) => {
    await writeFile(file, text);
    await expect(readKeptFaces(file, key)).rejects.toMatchObject({ code: 'bad-argument' });
    expect(await readFile(file, 'utf8')).toBe(text);
  });
});
