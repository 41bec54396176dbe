import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../../electron/engine/engine.ts';
import { writeDerivedPhotos } from '../support/photos.ts';
import { createTemporaryLibrary, importAll, type TemporaryLibrary } from '../support/real-engine.ts';

const script = fileURLToPath(new URL('./import-until-killed.ts', import.meta.url));

/** @returns the signal that ended it */
async function importUntilKilled(library: TemporaryLibrary, folder: string, photos: number): Promise<string | null> {
  const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), script, library.folder, folder, `${photos}`], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [, signal] = (await once(child, 'exit')) as [number | null, string | null];
  return signal;
}

/** People as sets of faces, each face by photo and box, so that libraries with other ids can be compared. */
async function describePartition(engine: Engine): Promise<string[]> {
  const { faces } = await engine.api.call('faces.export', { limit: 1000 });
  const people = new Map<string, string[]>();
  for (const { photoPath, box, personId } of faces) {
    const face = `${path.basename(photoPath)} ${box!.x} ${box!.y} ${box!.width} ${box!.height}`;
    people.set(personId ?? 'nobody', [...(people.get(personId ?? 'nobody') ?? []), face]);
  }
  return [...people.values()].map((members) => members.sort().join(' | ')).sort();
}

describe('an import that was killed', () => {
  let photosFolder: string;
  const libraries: TemporaryLibrary[] = [];

  async function createLibrary(): Promise<TemporaryLibrary> {
    const library = await createTemporaryLibrary();
    libraries.push(library);
    return library;
  }

  beforeAll(async () => {
    photosFolder = await mkdtemp(path.join(tmpdir(), 'kindred-derived-'));
    await writeDerivedPhotos(photosFolder, { variants: ['same', 'half', 'bright', 'mirrored', 'grey'] });
  });
  afterAll(async () => {
    for (const library of libraries) await library.remove();
    await rm(photosFolder, { recursive: true, force: true });
  });

  test('goes on where it was, and ends with the people that an import in one go finds', async () => {
    const killed = await createLibrary();
    expect(await importUntilKilled(killed, photosFolder, 10)).toBe('SIGKILL');
    const engine = await killed.open();
    const { jobs, photos } = await engine.api.call('library.status', {});
    expect(jobs).toMatchObject([{ state: 'interrupted' }]);
    expect(photos).toBeGreaterThanOrEqual(9);
    const summary = await importAll(engine, [photosFolder]);
    expect(summary).toMatchObject({ photos: 30, skipped: photos, added: 30 - photos, failed: [] });

    const whole = await (await createLibrary()).open();
    await importAll(whole, [photosFolder]);
    expect(await describePartition(engine)).toEqual(await describePartition(whole));
  });

  test('keeps the names given before', async () => {
    const library = await createLibrary();
    const before = await library.open();
    await importAll(before, [path.join(photosFolder, 'sample1-same.jpg')]);
    const person = (await before.api.call('people.list', {})).people[0]!;
    await before.api.call('people.name', { personId: person.id, name: '지민' });
    await before.close();

    expect(await importUntilKilled(library, photosFolder, 10)).toBe('SIGKILL');
    const engine = await library.open();
    await importAll(engine, [photosFolder]);
    const after = await engine.api.call('people.get', { personId: person.id });
    expect(after.name).toBe('지민');
    expect(after.faceCount).toBeGreaterThanOrEqual(4);
  });
});
