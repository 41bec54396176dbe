/** kindred learn on a real engine; command-line.test.ts has what it prints of a version that helped. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openEngine } from '../../electron/engine/engine.ts';
import { runKindred, type CommandRun } from '../support/run-kindred.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'kindred-learn-test-'));
});

afterEach(() => rm(folder, { recursive: true }));

const learn = (...args: string[]): Promise<CommandRun> =>
  runKindred(['learn', ...args, '--library', path.join(folder, 'library')], { currentFolder: folder, openEngine, findInstance: async () => null });

test('where nobody has a name, nothing is learnt, and that is said and remembered', async () => {
  const refused = 'Version 1, from 0 faces of 0 people: not used, as there are too few named people or faces to learn from and to measure on.';
  expect(await learn('--status')).toMatchObject({
    code: 0,
    stdout: 'Named: 0 people with 0 faces. Faces are compared as the pack standard does.\nKindred learns by itself as you name people.\n',
  });
  const learnt = await learn();
  expect([learnt.code, learnt.stdout]).toEqual([0, `${refused}\n`]);
  const status = await learn('--status');
  expect(status.stdout.trimEnd().split('\n').at(-1)).toBe(refused);
  expect(JSON.parse((await learn('--status', '--json')).stdout)).toMatchObject({ current: null, versions: [{ version: 1, state: 'refused', refusal: 'too-few' }] });
});

test('a version that is not there, or was refused, is not taken up', async () => {
  await learn();
  for (const version of ['1', '7']) {
    const { code, stdout, stderr } = await learn('--use', version);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toBe(`Expected something that was learnt for the pack but received version ${version}.\n`);
  }
  expect((await learn('--use', 'none')).code).toBe(2);
});
