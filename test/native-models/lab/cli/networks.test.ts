/** kindred networks, kindred study networks and kindred study flops. */

import '@tensorflow/tfjs-backend-cpu';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { XMLValidator } from 'fast-xml-parser';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AppError } from '../../../../electron/base/errors.ts';
import type { FlopsPoint } from '../../../../native-models/lab/studies/networks/flops-study.ts';
import type { LoadedPack } from '../../../../native-models/packs/load-pack.ts';
import type { PackManifest } from '../../../../native-models/packs/manifest.ts';
import { readStandardManifest } from '../../../../native-models/packs/standard-pack.ts';
import type { PackStore } from '../../../../native-models/packs/pack-store.ts';
import { writeLayersModel } from '../../../../native-models/lab/training/layers-model-files.ts';
import { craftModel, wave } from '../../onnx/craft-model.ts';
import { notUsed, runKindred, type CommandRun } from '../../../support/run-kindred.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'kindred-networks-test-'));
});

afterEach(() => rm(folder, { recursive: true }));

const kindred = (...args: string[]): Promise<CommandRun> => runKindred(args, { currentFolder: folder, openPacks: async () => fakeStore() });

/** Takes 8 x 8 pixels to 4 numbers: 2 * 8 * 8 * 3 + 4 * 128 = 896 multiply-adds. */
const tinyEmbedder = craftModel({
  input: [1, 3, 8, 8],
  nodes: [
    { operator: 'Conv', inputs: ['x', 'w'], output: 'c' },
    { operator: 'Flatten', inputs: ['c'], output: 'f' },
    { operator: 'MatMul', inputs: ['f', 'm'], output: 'y' },
  ],
  constants: { w: { shape: [2, 3, 1, 1], floats: wave(6) }, m: { shape: [128, 4], floats: wave(512) } },
  outputs: ['y'],
});

function describeTinyPack(): PackManifest {
  const standard = readStandardManifest();
  const { embedder } = standard;
  return { ...standard, name: 'tiny', embedder: { ...embedder, input: { ...embedder.input, name: 'x', shape: [1, 3, 8, 8] } } };
}

/** Knows the pack "tiny". */
function fakeStore(): PackStore {
  const pack: LoadedPack = { manifest: describeTinyPack(), embedder: tinyEmbedder, detector: tinyEmbedder, landmarker: null };
  const load = async (name: string): Promise<LoadedPack> => {
    if (name === 'tiny') return pack;
    throw new AppError('not-found', `Expected the name of a model pack but received ${name}`, { parameters: { kind: 'pack', id: name } });
  };
  const list = async () => [{ manifest: pack.manifest, origin: 'built-in' as const, state: 'ready' as const, lacking: [], needsDownload: false }];
  return { list, load, readManifest: notUsed, glance: notUsed, add: notUsed, download: notUsed, verify: notUsed };
}

async function write(name: string, value: unknown): Promise<string> {
  const file = path.join(folder, name);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, typeof value === 'string' ? value : JSON.stringify(value));
  return file;
}

const rates = [
  { far: 1e-3, val: 0.9, standardError: 0.01, threshold: 1, impostorsAccepted: 20 },
  { far: 1e-4, val: 0.8, standardError: 0.02, threshold: 0.9, impostorsAccepted: 2 },
];

describe('kindred networks', () => {
  test('prints the table of each network, or of the one that is named in any case', async () => {
    const all = await kindred('networks');
    expect(all.code).toBe(0);
    expect(all.stdout.match(/^NN\w+ {2}\d+x\d+x3$/gm)).toHaveLength(6);
    const one = await kindred('networks', 'nn2');
    expect(one.stdout).toMatch(/^inception \(4e\) +7x7x1024 +717408 +56259840$/m);
    expect(one.stdout).toMatch(/^total +7456304 +1599771872$/m);
    expect(one.stdout).not.toContain('NN1');
  });

  test('counts for embeddings of another length, and prints JSON', async () => {
    const { stdout } = await kindred('networks', 'NN2', '--dims', '64', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ name: 'NN2', input: [224, 224, 3], total: { parameters: 7_456_304 - 64 * 1025 } });
  });

  test('says which networks there are where a name is wrong', async () => {
    const { code, stderr } = await kindred('networks', 'NN9');
    expect(code).toBe(2);
    expect(stderr).toContain('NN1, NN2, NN3, NN4, NNS1, NNS2');
  });
});

describe('kindred study networks', () => {
  test('compares the networks with what is published of them, all or those that are named', async () => {
    const { stdout } = await kindred('study', 'networks');
    expect(stdout).toMatch(/^NN1 +140.0M +140.0M +0.0 % +1608.3M +1600.0M +0.5 % +87.9 ± 1.9 %$/m);
    const named = await kindred('study', 'networks', '--network', 'nns2', 'NN3', '--json');
    expect((JSON.parse(named.stdout) as { name: string }[]).map(({ name }) => name)).toEqual(['NN3', 'NNS2']);
  });

  test('builds and times a network on WASM', async () => {
    const { code, stdout } = await kindred('study', 'networks', '--measure', '--network', 'NNS2', '--rounds', '1', '--runtime', 'wasm', '--json');
    expect(code).toBe(0);
    const result = JSON.parse(stdout) as { runtime: string; networks: { name: string; msPerFace: number }[] };
    expect(result).toMatchObject({ batch: 8, rounds: 1, networks: [{ name: 'NNS2' }] });
    expect(result.runtime).toContain('WASM');
    expect(result.networks[0]!.msPerFace).toBeGreaterThan(0);
  }, 60_000);

  test('refuses to time networks on ONNX Runtime', async () => {
    const { code, stderr } = await kindred('study', 'networks', '--measure', '--network', 'NNS2', '--runtime', 'onnx');
    expect(code).toBe(1);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});

describe('kindred study flops', () => {
  async function listPoints(...args: string[]): Promise<FlopsPoint[]> {
    const { code, stdout, stderr } = await kindred('study', 'flops', '--json', ...args);
    expect([code, stderr]).toEqual([0, '']);
    return (JSON.parse(stdout) as { points: FlopsPoint[] }).points;
  }

  test("counts the packs' embedders, and says that nobody has measured them where no result is given", async () => {
    const points = await listPoints();
    expect(points).toHaveLength(7);
    expect(points[6]).toEqual({
      ...{ kind: 'pack', name: 'tiny', multiplyAdds: 896, publishedMultiplyAdds: null },
      ...{ val: null, standardError: null, data: null },
    });
    expect((await kindred('study', 'flops')).stdout).toMatch(/^tiny +0.0M +not measured$/m);
  });

  test("takes a pack's VAL at FAR 1e-3 from results of evaluate verification", async () => {
    const file = await write('verification.json', { pack: 'tiny', effort: 'fast', data: '/photos/people', rates, splits: null });
    const points = await listPoints('--verification', file, '--pack', 'tiny');
    expect(points.slice(6)).toMatchObject([{ name: 'tiny', val: 0.9, standardError: 0.01, data: 'people' }]);
  });

  test('counts a network that was trained', async () => {
    await tf.setBackend('cpu');
    const network = sequential({
      layers: [
        layers.conv2d({ inputShape: [8, 6, 3], filters: 4, kernelSize: 3, padding: 'same' }),
        layers.batchNormalization(),
        layers.flatten(),
        layers.dense({ units: 16 }),
      ],
    });
    await writeLayersModel(path.join(folder, 'run', 'network'), network);
    network.dispose();
    await write('run/results.json', { title: 'SMALL', people: { test: 3 }, trained: { faces: 9, rates }, untrained: { rates: [] } });
    const points = await listPoints('--trained', 'run');
    expect(points.at(-1)).toMatchObject({ kind: 'trained', name: 'SMALL', multiplyAdds: 8 * 6 * 4 * 28 + 16 * 193, val: 0.9 });
  });

  test('counts the embedder of a pack that was trained further, named after its folder where the results do not say', async () => {
    const manifest = describeTinyPack();
    await write('run/network/manifest.json', manifest);
    await write('run/results.json', { trained: { rates } });
    expect((await kindred('study', 'flops', '--trained', 'run')).code).toBe(1);
    await writeFile(path.join(folder, 'run', 'network', manifest.embedder.file), tinyEmbedder);
    const points = await listPoints('--trained', 'run');
    expect(points.at(-1)).toMatchObject({ kind: 'trained', name: 'run', multiplyAdds: 896, val: 0.9, standardError: 0.01 });
  });

  test('draws it all into a file', async () => {
    const file = await write('verification.json', { pack: 'tiny', rates });
    const { code, stderr } = await kindred('study', 'flops', '--verification', file, '--svg', 'charts/flops.svg');
    expect(code).toBe(0);
    const svg = await readFile(path.join(folder, 'charts', 'flops.svg'), 'utf8');
    expect(XMLValidator.validate(svg)).toBe(true);
    expect(svg).toContain('>tiny<');
    expect(stderr).toContain('flops.svg');
  });

  test.each([
    ['no JSON', 'not JSON'],
    ['another result', { pack: 'tiny', accuracy: 0.99 }],
    ['a result without that FAR', { pack: 'tiny', rates: rates.slice(1) }],
  ])('refuses %s as a result of verification, naming the file', async (_, value) => {
    const { code, stderr } = await kindred('study', 'flops', '--verification', await write('other.json', value));
    expect(code).toBe(2);
    expect(stderr).toContain('other.json');
  });

  test('tells of packs that nobody knows, files that are missing and folders without a network', async () => {
    await write('empty/results.json', { trained: { rates } });
    for (const args of [['--pack', 'nobody'], ['--verification', 'missing.json'], ['--trained', 'missing'], ['--trained', 'empty']]) {
      const { code, stdout, stderr } = await kindred('study', 'flops', ...args);
      expect([code, stdout]).toEqual([1, '']);
      expect(stderr).not.toBe('');
    }
  });
});
