import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createClusterer } from '../../../electron/clustering/create-clusterer.ts';
import { ApproximateSearch } from '../../../electron/clustering/neighbours/approximate-search.ts';
import { NeighbourIndex, type NeighbourOptions } from '../../../electron/clustering/neighbours/neighbour-index.ts';
import { inventFaces, testLength, testOptions, toInput, type InventedFace } from '../synthetic-library.ts';

const exact: NeighbourOptions = { minSimilarity: 0.4, maxNeighbours: 128, exactUpTo: 20_000, exactFrom: 0.4, subspaceTolerance: 0 };
const approximate: NeighbourOptions = { ...exact, exactUpTo: 50 };
const faces = inventFaces(4, 500, 8, 0.66);

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'kindred-neighbours-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

function update(index: NeighbourIndex, part: readonly InventedFace[]): number {
  const { embeddingRows, embeddings } = toInput(part);
  return index.update(embeddingRows, embeddings);
}

function listAll(index: NeighbourIndex): [number, number][][] {
  return Array.from({ length: index.faceCount }, (_, face) =>
    Array.from(index.idsOf(face), (id, at): [number, number] => [id, index.similaritiesOf(face)[at]!]).sort((one, other) => one[0] - other[0]),
  );
}

describe('neighbours that are kept in files', () => {
  const hasSearch = ApproximateSearch.open(testLength) !== null;
  it('go on in the next session: only new faces are compared', () => goOn(exact));
  it.skipIf(!hasSearch)('go on likewise with the graph of USearch, where it can be loaded', () => goOn(approximate));

  async function goOn(options: NeighbourOptions): Promise<void> {
    const earlier = new NeighbourIndex(testLength, options);
    update(earlier, faces.slice(0, 1500));
    await earlier.store(folder);
    const later = new NeighbourIndex(testLength, options);
    await later.restore(folder);
    expect(update(later, faces.slice(100))).toBe(faces.length - 1500);
    expect(later.isApproximate).toBe(options === approximate);
    update(earlier, faces.slice(100));
    if (options === exact) expect(listAll(later)).toEqual(listAll(earlier));
    const found = listAll(later).map((list) => new Set(list.map(([id]) => id)));
    const pairs = listAll(earlier).flatMap((list, face) => list.map(([id]) => found[face]!.has(id)));
    expect(pairs.filter((isFound) => isFound).length / pairs.length).toBeGreaterThan(0.97);
  }

  it('are not taken for those of other options, nor where they cannot be read', async () => {
    const earlier = new NeighbourIndex(testLength, exact);
    update(earlier, faces);
    await earlier.store(folder);
    const other = new NeighbourIndex(testLength, { ...exact, maxNeighbours: 64 });
    await other.restore(folder);
    expect(update(other, faces)).toBe(faces.length);
    for (const name of await readdir(folder)) await writeFile(path.join(folder, name), 'broken');
    const later = new NeighbourIndex(testLength, exact);
    await later.restore(folder);
    expect(update(later, faces)).toBe(faces.length);
    const empty = new NeighbourIndex(testLength, exact);
    await empty.restore(path.join(folder, 'nowhere'));
    expect(update(empty, faces)).toBe(faces.length);
  });

  it('are written by a clusterer before it closes', async () => {
    const clusterer = createClusterer({ neighboursFolder: folder });
    await clusterer.cluster(toInput(faces), testOptions);
    await clusterer.dispose();
    expect(await readdir(folder)).toEqual(['neighbours.lists']);
  });

  it('take away what a writing that was cut off has left', async () => {
    for (const name of ['neighbours.lists.part', 'neighbours.graph.part', 'neighbours.graph']) await writeFile(path.join(folder, name), 'half');
    await new NeighbourIndex(testLength, exact).restore(folder);
    expect(await readdir(folder)).toEqual(['neighbours.graph']);
  });
});
