import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { CommandContext } from '../../../../electron/cli/command-runner.ts';
import { openSimulatedLibrary } from '../../../../native-models/lab/cli/simulated-library.ts';
import { openEngine } from '../../../../electron/engine/engine.ts';
import { resolveHostFolders } from '../../../../electron/engine/host-folders.ts';
import { drawLibrary } from '../../../../native-models/lab/evaluation/effort/draw-library.ts';
import { simulateUser } from '../../../../native-models/lab/evaluation/effort/simulate-user.ts';
import { readStandardManifest } from '../../../../native-models/packs/standard-pack.ts';
import { inventPeople } from '../../../support/invented-people.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'kindred-simulated-test-'));
  await mkdir(path.join(folder, 'temporary'));
  vi.stubEnv('TMPDIR', path.join(folder, 'temporary'));
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

describe('openSimulatedLibrary', () => {
  test('gives a user a real library, who finishes it through the API', async () => {
    const manifest = readStandardManifest();
    const drawn = drawLibrary(inventPeople(manifest.embedder.length), { family: 3, candidates: 4, strangers: 20 }, 1);
    const context = { environment: { openEngine }, folders: resolveHostFolders({}, folder) } as unknown as CommandContext;
    const { library, close } = await openSimulatedLibrary(context, { manifest, effort: 'balanced' }, drawn);
    try {
      const people = await library.listPeople();
      expect(people.flatMap(({ faces }) => faces).sort()).toEqual([...drawn.faceNames].sort());
      const effort = await simulateUser(library, drawn.truth, { goal: 'settled', costs: { joinByName: 2 } });
      expect(effort.standing.isFinished).toBe(true);
      expect(effort.byKind).toMatchObject({ name: 3, strangers: 1, ignore: 0 });
      const named = (await library.listPeople()).filter(({ name, isIgnored }) => name !== null && !isIgnored);
      expect(new Set(named.map(({ name }) => name))).toEqual(drawn.truth.named);
    } finally {
      await close();
    }
    // Other programs put things into the folder for temporary files, too.
    const left = (await readdir(path.join(folder, 'temporary'))).filter((name) => name.startsWith('kindred-'));
    expect(left).toEqual([]);
  });
});
