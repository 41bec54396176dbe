import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sampleFaceCounts, samplePath } from '../../support/photos.ts';
import { baselineEdgePx, runBaseline, type BaselinePhoto } from './baseline.ts';
import { extractFaces, readCache } from './extract.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'kindred-face-api-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("face-api's own pipeline", () => {
  it('finds the faces of a sample on WASM, in the pixels of the upright photo, and counts what it cannot read', async () => {
    const broken = path.join(folder, 'broken.jpg');
    await writeFile(broken, 'no photo');
    const found: BaselinePhoto[] = [];
    const run = await runBaseline(
      [samplePath(1), broken],
      { backend: 'wasm', processes: 1, longestEdgePx: baselineEdgePx },
      (_, photo) => found.push(photo),
    );
    expect(run).toMatchObject({ faces: sampleFaceCounts[1], failed: 1 });
    expect(run.peakMemoryBytes).toBeGreaterThan(50e6);
    expect(run.secondsWithStart).toBeGreaterThan(run.seconds);
    const [photo] = found;
    expect(photo).toMatchObject({ width: 1920, height: 1280 });
    expect(photo!.faces).toHaveLength(sampleFaceCounts[1]);
    for (const { box, descriptor } of photo!.faces) {
      expect(descriptor).toHaveLength(128);
      expect(box.width).toBeGreaterThan(100);
      expect(box.x + box.width).toBeLessThanOrEqual(1920);
    }
  });
});

describe('what face-api found before', () => {
  const line = `${JSON.stringify({ photo: 'a/b.jpg', width: 5, height: 6, faces: [] })}\n`;

  it('is read back, without the line that a kill cut short', async () => {
    const file = path.join(folder, 'cut.jsonl');
    await writeFile(file, `${line}{"photo":"a/c.j`);
    expect([...(await readCache(file))]).toEqual([['a/b.jpg', { width: 5, height: 6, faces: [] }]]);
    expect(await readFile(file, 'utf8')).toBe(line);
  });

  it('is not looked for again', async () => {
    const cacheFile = path.join(folder, 'whole.jsonl');
    await writeFile(cacheFile, line);
    const photos = path.join(folder, 'photos');
    const found = await extractFaces([path.join(photos, 'a', 'b.jpg')], {
      folder: photos,
      cacheFile,
      processes: 1,
      longestEdgePx: baselineEdgePx,
      chooseBackend: () => Promise.reject(new Error('nothing is missing')),
    });
    expect([...found.values()]).toEqual([{ width: 5, height: 6, faces: [] }]);
  });
});
