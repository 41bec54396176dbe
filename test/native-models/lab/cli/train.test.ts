/** kindred train, and the studies that train: dims, training-size and mining. */

import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { XMLValidator } from 'fast-xml-parser';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isAppError } from '../../../../electron/base/errors.ts';
import type { OpenAnalyzers } from '../../../../native-models/lab/cli/lab-runner.ts';
import { openPackAnalyzers } from '../../../../native-models/lab/cli/open-pack-analyzers.ts';
import { defaultEffort } from '../../../../electron/engine/config.ts';
import { pipelineVersion } from '../../../../electron/pipeline/pipeline-version.ts';
import { fingerprintPack } from '../../../../native-models/packs/fingerprint-pack.ts';
import { readStandardManifest } from '../../../../native-models/packs/standard-pack.ts';
import { createRuntime } from '../../../../native-models/runtime/create-runtime.ts';
import { shapeFaceChip } from '../../../../native-models/lab/training/chips/chip-shape.ts';
import { writeKeptChips } from '../../../../native-models/lab/training/chips/kept-chips.ts';
import { readLayersModel } from '../../../../native-models/lab/training/layers-model-files.ts';
import type { TrainingReport } from '../../../../native-models/lab/training/runs/train-and-test.ts';
import { smallNetworkSize } from '../../../../native-models/lab/training/small-network.ts';
import type { StudiedArm, StudyArm } from '../../../../native-models/lab/studies/training/training-study.ts';
import { drawFaces } from '../../../support/drawn-faces.ts';
import { openPackStore } from '../../../support/packs.ts';
import { createStream, runKindred, type CommandRun, type RunOptions } from '../../../support/run-kindred.ts';
import { runScript } from '../../../support/run-script.ts';
import { readSampleFaces } from '../../../support/sample-faces.ts';
import { writeSamplePeople } from '../../../support/sample-people.ts';
import { provideSwiftShader } from '../../../support/swift-shader.ts';

const tensorflow = await describeTensorFlow();
const swiftShader = provideSwiftShader();
let folder: string;

/** @returns null where it is not installed */
async function describeTensorFlow(): Promise<string | null> {
  try {
    return (await createRuntime('tensorflow')).description;
  } catch (error) {
    if (isAppError(error, 'runtime-unavailable')) return null;
    throw error;
  }
}

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'kindred-train-test-'));
});

afterEach(() => rm(folder, { recursive: true }));

const kindred = (args: readonly string[], changes: Partial<RunOptions> = {}): Promise<CommandRun> =>
  runKindred(args, { currentFolder: folder, openPacks: async () => openPackStore(), ...changes });

/** A folder per person whose photos nobody has to look at, as their chips are kept in chips.bin. */
async function keepDrawnPeople(people: number, photos: number): Promise<void> {
  const shape = shapeFaceChip(smallNetworkSize.width, smallNetworkSize.height);
  const chips = drawFaces(people, photos, 200, shape);
  for (const { photo } of chips) {
    await mkdir(path.join(folder, 'data', path.dirname(photo)), { recursive: true });
    await writeFile(path.join(folder, 'data', photo), '');
  }
  const manifest = readStandardManifest();
  const key = { pack: manifest.name, packFingerprint: fingerprintPack(manifest), pipelineVersion, effort: defaultEffort };
  await writeKeptChips(path.join(folder, 'chips.bin'), { key, shape, missed: [], chips });
}

const fromKept = ['--data', 'data', '--cache', 'chips.bin'];
const smallBatches = ['--people', '5', '--faces', '3', '--batch', '16', '--slice', '16', '--dims', '8', '--optimizer', 'adam', '--learning-rate', '0.002'];
const fourSteps = ['train', ...fromKept, '--network', 'Small', ...smallBatches, '--steps', '4', '--check-every', '2', '--runtime', 'tensorflow'];

async function readResults(run: string): Promise<TrainingReport & Record<string, unknown>> {
  return JSON.parse(await readFile(path.join(folder, run, 'results.json'), 'utf8')) as TrainingReport & Record<string, unknown>;
}

/** What two trainings that went alike have in common. */
function withoutSeconds({ best, checks, untrained, trained, end, options }: TrainingReport) {
  const [bestCheck, ...others] = [best, ...checks].map(({ seconds: _, ...check }) => check);
  return { best: bestCheck, checks: others, untrained, trained, end, options };
}

describe('kindred train refuses', () => {
  test.each([
    [['--data', 'data'], 'Expected either --network or --from.'],
    [['--data', 'data', '--network', 'small', '--from', 'standard'], 'Expected either --network or --from.'],
    [['--network', 'small'], '--data'],
    [['--data', 'data', '--network', 'small', '--negatives', 'easy'], 'semi-hard, hard, random'],
    [['--data', 'data', '--network', 'small', '--positives', 'some'], 'all, hard'],
    [['--data', 'data', '--network', 'small', '--optimizer', 'lion'], 'adagrad, adam, momentum, sgd'],
    [['--data', 'data', '--network', 'small', '--margin', '0'], 'Expected a number above 0.'],
    [['--data', 'data', '--network', 'small', '--lower-at', '0.5,2'], 'Expected never, or shares such as 0.6,0.85.'],
    [['--data', 'data', '--network', 'small', '--faces', '1'], 'Expected a whole number from 2'],
    [['--data', 'data', '--network', 'small', '--share', '0'], 'Expected a whole number from 1'],
  ])('%j', async (args, message) => {
    const { code, stdout, stderr } = await kindred(['train', ...args]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
  });

  test.each([
    ['wasm', "TensorFlow.js's WASM backend lacks the operators that training takes gradients with"],
    ['onnx', 'ONNX Runtime only runs networks'],
  ])('the runtime %s, in one line that says why', async (runtime, reason) => {
    const expected = `Expected one of tensorflow, tensorflow-cuda, webgpu to train on but received ${runtime}: ${reason}.\n`;
    for (const command of [['train', '--network', 'small'], ['study', 'dims'], ['study', 'training-size'], ['study', 'mining']]) {
      expect(await kindred([...command, '--data', 'data', '--runtime', runtime])).toEqual({ code: 1, stdout: '', stderr: expected });
    }
  });

  test('a pack that nobody knows', async () => {
    const { code, stderr } = await kindred(['train', '--data', 'data', '--from', 'nobody']);
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining('There is no model pack nobody.') });
  });
});

describe.skipIf(tensorflow === null)('on TensorFlow (skipped: no tfjs-node)', () => {
  test.each([
    [['--network', 'nn9', '--data', 'data'], 1, /^Expected one of NN1, .*, small but received nn9\.$/],
    [['--network', 'small', '--data', 'nowhere'], 1, /^There is no folder nowhere\.$/],
    [['--network', 'small', '--data', 'empty'], 1, /^There is no folder of photos for each person in .*empty\.$/],
    [['--network', 'small', ...fromKept, '--people', '40', '--batch', '7'], 2, /^Expected a batch of 16 faces or more but received 7\.$/],
    [['--network', 'small', ...fromKept, '--share', '1'], 2, /^Expected two people at least to train on, .* but received 1, 2 and 2 of 12\.$/],
    [['--network', 'small', '--data', 'data', '--cache', 'wrong.bin'], 2, /^Expected chips that a training kept but received .*wrong\.bin\.$/],
  ])('refuses %j', async (args, code, message) => {
    await keepDrawnPeople(12, 2);
    await mkdir(path.join(folder, 'empty', 'Anna'), { recursive: true });
    await writeFile(path.join(folder, 'wrong.bin'), 'no chips');
    const run = await kindred(['train', ...args, '--out', path.join(folder, 'run'), '--runtime', 'tensorflow']);
    expect({ code: run.code, stdout: run.stdout }).toEqual({ code, stdout: '' });
    expect(run.stderr.trimEnd().split('\n').at(-1)).toMatch(message);
    expect(await readFile(path.join(folder, 'wrong.bin'), 'utf8')).toBe('no chips');
  });

  test('trains a network to its end, says how it goes, and writes network, curves and results', async () => {
    await keepDrawnPeople(14, 4);
    const { code, stdout, stderr } = await kindred([...fourSteps, '--out', 'run']);
    expect(code).toBe(0);
    const look = String.raw`loss 0\.\d{4}  active \d+\.\d %  VAL \d+\.\d\d % at 1e-3, \d+\.\d\d % at 1e-4  \d+ s left`;
    expect(stderr.trimEnd().split('\n')).toEqual([
      `Training on ${tensorflow}.`,
      '56 faces of 14 people, 0 missed.',
      expect.stringMatching(new RegExp(`^step 2 of 4  ${look}$`)),
      expect.stringMatching(new RegExp(`^step 4 of 4  ${look}$`)),
    ]);
    expect(stdout.trimEnd().split('\n')).toEqual([
      expect.stringMatching(/^Ended by steps; best at step [024]\. 8 faces of 2 people never learnt from:$/),
      ...['1e-2', '1e-3', '1e-4', '1e-5'].map((far) =>
        expect.stringMatching(new RegExp(String.raw`^VAL \d+\.\d\d % \+- \d+\.\d\d % at FAR ${far}, untrained \d+\.\d\d %$`)),
      ),
      `Network, curves and results are in ${path.join(folder, 'run')}.`,
      `As a pack: kindred packs add ${path.join(folder, 'run', 'network')}`,
    ]);
    const files = ['active.svg', 'checkpoint.bin', 'loss.svg', 'network', 'results.json', 'untrained.json', 'validation.svg'];
    expect((await readdir(path.join(folder, 'run'))).sort()).toEqual(files);
    for (const name of files.filter((file) => file.endsWith('.svg'))) {
      expect(XMLValidator.validate(await readFile(path.join(folder, 'run', name), 'utf8'))).toBe(true);
    }
    const results = await readResults('run');
    expect(results).toMatchObject({
      ...{ title: 'SMALL', runtime: tensorflow, share: 100, splitSeed: 1, chips: 56, people: { training: 10, validation: 2, test: 2 } },
      ...{ end: 'steps', options: { steps: 4, checkEvery: 2, margin: 0.2, negatives: 'semi-hard', positives: 'all', optimiser: 'adam', seed: 1 } },
      ...{ trained: { faces: 8, people: 2, genuinePairs: 12, impostorPairs: 16 }, untrained: { faces: 8, people: 2 } },
    });
    expect(results.checks.map(({ step }) => step)).toEqual([0, 2, 4]);
    expect(results.checks).toContainEqual(results.best);
    expect((await readdir(path.join(folder, 'run', 'network'))).sort()).toEqual(['manifest.json', 'model.json', 'run.onnx', 'weights.bin']);
    const model = await readLayersModel(path.join(folder, 'run', 'network'));
    const embeddings = tf.tidy(() => model.predict(tf.zeros([2, smallNetworkSize.height, smallNetworkSize.width, 3])) as tf.Tensor);
    expect(embeddings.shape).toEqual([2, 8]);
    embeddings.dispose();
    model.dispose();
  });

  test('stopped by Ctrl-C it goes on with --resume to where it would have come, and not with other settings', async () => {
    await keepDrawnPeople(14, 4);
    const whole = await kindred([...fourSteps, '--out', 'whole', '--json']);
    const { folder: told, ...report } = JSON.parse(whole.stdout) as TrainingReport & { folder: string };
    expect(told).toBe(path.join(folder, 'whole'));
    expect(await readResults('whole')).toMatchObject(report);

    const stderr = createStream();
    let interrupt = (): void => {};
    const write = (text: string): boolean => {
      if (text.startsWith('step 2 of 4')) interrupt();
      return stderr.write(text);
    };
    const stopped = await kindred([...fourSteps, '--out', 'run'], {
      stderr: { ...stderr, write },
      onInterrupt: (listener) => {
        interrupt = listener;
        return () => {};
      },
    });
    expect([stopped.code, stopped.stdout]).toEqual([1, '']);
    expect(stderr.text).toContain('Stopping after this step. Ctrl-C again quits at once.\n');
    expect(stderr.text).toMatch(/\nCancelled\.\n$/);
    expect(stderr.text).not.toContain('step 4 of 4');
    await expect(readResults('run')).rejects.toMatchObject({ code: 'ENOENT' });

    const other = await kindred([...fourSteps, '--out', 'run', '--resume', '--margin', '0.3', '--seed', '2']);
    expect([other.code, other.stdout]).toEqual([1, '']);
    expect(other.stderr.trimEnd().split('\n').at(-1)).toBe(
      `${path.join(folder, 'run', 'checkpoint.bin')} is of a training of other settings (seed, margin). Give the same ones, or choose another --out.`,
    );

    const resumed = await kindred([...fourSteps, '--out', 'run', '--resume']);
    expect(resumed.code).toBe(0);
    expect(resumed.stderr).not.toContain('step 2 of 4');
    expect(resumed.stderr).toContain('step 4 of 4');
    expect(withoutSeconds(await readResults('run'))).toEqual(withoutSeconds(report));
    const [weights, expected] = await Promise.all(['run', 'whole'].map((run) => readFile(path.join(folder, run, 'network', 'weights.bin'))));
    expect(weights!.equals(expected!)).toBe(true);
  });

  test('makes one step and shows its three photos, with distances before and after', async () => {
    await keepDrawnPeople(12, 3);
    // Drawn faces need a smaller step than real ones, so that it goes the way of its gradient.
    const args = [...fourSteps, '--learning-rate', '1e-4', '--negatives', 'hard', '--explain-step', '--out', 'run'];
    const { code, stdout } = await kindred(args);
    expect(code).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    const [anchor, positive, negative] = ['anchor', 'positive', 'negative'].map((role, at) => {
      expect(lines[at]).toMatch(new RegExp(`^${role} +person-\\d\\d/\\d\\.jpg$`));
      return lines[at]!.split(/ +/)[1]!;
    });
    expect(path.dirname(positive!)).toBe(path.dirname(anchor!));
    expect(positive).not.toBe(anchor);
    expect(path.dirname(negative!)).not.toBe(path.dirname(anchor!));
    const [before, after] = ['before', 'after'].map((when, at) => {
      const found = new RegExp(String.raw`^${when} +D\(a, p\) (\d\.\d{4})  D\(a, n\) (\d\.\d{4})$`).exec(lines[3 + at]!);
      return Number(found![1]) - Number(found![2]);
    });
    expect(after).toBeLessThan(before!);
    const page = path.join(folder, 'run', 'step.html');
    expect(lines[5]).toMatch(/^of \d+ triplets of \d+ faces the one with the greatest loss; drawn in .*step\.html$/);
    expect((await readFile(page, 'utf8')).match(/data:image\/jpeg;base64,/g)).toHaveLength(3);
    const asJson = JSON.parse((await kindred([...args, '--json'])).stdout) as Record<string, unknown>;
    expect(asJson).toMatchObject({ anchor: { photo: anchor, person: path.dirname(anchor!) }, positive: { photo: positive }, negative: { photo: negative }, margin: 0.2 });
    expect(JSON.stringify(asJson).length).toBeLessThan(1000);
  });

  test('finds the faces of photos by itself, and keeps them for the next training', async () => {
    const faces = readSampleFaces().filter(({ photo }) => photo !== 'sample1.jpg').slice(0, 11);
    await writeSamplePeople(path.join(folder, 'data'), faces);
    const people = new Set(faces.map(({ person }) => person)).size;
    const openAnalyzers: OpenAnalyzers = (choice) => openPackAnalyzers({ ...choice, runtime: 'onnx' });
    const args = ['train', ...fromKept, '--network', 'small', ...smallBatches, '--steps', '2', '--check-every', '2', '--runtime', 'tensorflow'];
    const first = await kindred([...args, '--out', 'first'], { openAnalyzers });
    expect(first.code).toBe(0);
    expect(first.stderr).toContain(`${2 * faces.length} faces of ${people} people, 0 missed.\n`);
    // Without anything to find faces with.
    const again = await kindred([...args, '--out', 'again']);
    expect(again.code).toBe(0);
    expect(withoutSeconds(await readResults('again'))).toEqual(withoutSeconds(await readResults('first')));
  });
});

describe.skipIf(tensorflow === null)('kindred study (skipped: no tfjs-node)', () => {
  const study = (name: string, ...args: string[]): Promise<CommandRun> =>
    kindred(['study', name, ...fromKept, ...smallBatches, '--steps', '1', '--check-every', '1', '--out', 'study', '--runtime', 'tensorflow', ...args]);

  test.each([
    ['dims', 14, ['64', '128', '256', '512'], ['86.8 % +- 1.7 %', '87.9 % +- 1.9 %', '87.7 % +- 1.9 %', '85.6 % +- 2.0 %']],
    ['training-size', 146, ['1 %', '10 %', '20 %', '100 %'], ['76.3 %', '85.1 %', '85.1 %', '86.2 %']],
  ])('%s trains a network for each, prints a table and draws, and does not train again what is finished', async (name, people, arms, published) => {
    await keepDrawnPeople(people, 2);
    const { code, stdout, stderr } = await study(name);
    expect(code).toBe(0);
    const [head, ...rows] = stdout.trimEnd().split('\n').map((line) => line.replaceAll(/ +/g, ' '));
    expect(head).toMatch(/^(numbers in an embedding|% of the people) published VAL VAL at 1e-3 \+- VAL at 1e-2 equal error steps seconds$/);
    expect(rows.pop()).toBe(`1 step each at most; curves and ${name}.svg are in ${path.join(folder, 'study')}.`);
    expect(rows.map((row) => /^(.*?\d( %)?) (\d\d\.\d %( \+- \d\.\d %)?) .* 1 \d+$/.exec(row)?.slice(1, 4))).toEqual(
      arms.map((arm, index) => [arm, arm.endsWith('%') ? ' %' : undefined, published[index]]),
    );
    expect(stderr.match(/^step 1 of 1 /gm)).toHaveLength(4);
    expect(XMLValidator.validate(await readFile(path.join(folder, 'study', `${name}.svg`), 'utf8'))).toBe(true);
    const again = await study(name, '--json');
    expect(again.stderr).not.toContain('step 1 of 1');
    const record = JSON.parse(again.stdout) as { study: string; arms: StudiedArm<StudyArm>[] };
    expect([record.study, ...record.arms.map(({ arm }) => arm.name)]).toEqual([name, ...arms]);
    for (const { report } of record.arms) expect(report.checks.at(-1)!.step).toBe(1);
    const other = await study(name, '--margin', '0.3');
    expect([other.code, other.stdout]).toEqual([1, '']);
    expect(other.stderr).toMatch(/checkpoint\.bin is of a training of other settings \(margin\)\./);
  });

  test('mining trains by every rule with every seed, and prints means with their errors', async () => {
    await keepDrawnPeople(14, 3);
    const { code, stdout } = await study('mining', '--seeds', '2');
    expect(code).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^triplets +loss +active +VAL at 1e-2 +VAL at 1e-3 +equal error$/);
    const rules = ['semi-hard negatives, all', 'hard negatives, all', 'random negatives, all', 'semi-hard negatives, hard'].map((rule) => `${rule} positives`);
    const figures = String.raw`( +\d+\.\d\d % \+- \d+\.\d\d %){3}`;
    expect(lines[1]).toMatch(new RegExp(`^untrained${figures}$`));
    for (const [index, rule] of rules.entries()) {
      expect(lines[index + 2]).toMatch(new RegExp(String.raw`^${rule} +\d\.\d{4} +\d+\.\d %${figures}$`));
    }
    expect(lines[6]).toBe(`Means and standard errors over 2 seeds of 1 step at most; curves are in ${path.join(folder, 'study')}.`);
    const again = await study('mining', '--seeds', '2', '--json');
    expect(again.stderr).not.toContain('step 1 of 1');
    expect((JSON.parse(again.stdout) as { rules: { rule: string }[] }).rules.map(({ rule }) => rule)).toEqual(rules);
    expect((await kindred(['study', 'mining', '--data', 'data', '--seeds', '1'])).code).toBe(2);
  });

  test.each(['dims', 'training-size', 'mining'])('%s refuses folders without people, and too few of them', async (name) => {
    await mkdir(path.join(folder, 'empty'));
    expect((await study(name, '--data', 'nowhere')).stderr).toContain('There is no folder nowhere.\n');
    expect((await study(name, '--data', 'empty')).stderr).toContain(`There is no folder of photos for each person in ${path.join(folder, 'empty')}.\n`);
    await keepDrawnPeople(4, 2);
    const { code, stdout, stderr } = await study(name);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/Expected two people at least to train on, to stop by and to test on but received \d, 1 and 1 of 4\.\n$/);
  });
});

// What is computed on WebGPU is held to the CPU's in webgpu-training.test.ts; here the program has to come to its end there.
describe.skipIf(tensorflow !== null || swiftShader === null)('on WebGPU (skipped: TensorFlow is there, or no SwiftShader)', () => {
  test('trains a network to its end', { timeout: 600_000 }, async () => {
    await keepDrawnPeople(10, 2);
    const place = (name: string): string => path.join(folder, name);
    const main = new URL('../../../../electron/cli/main.ts', import.meta.url);
    const data = ['--data', place('data'), '--cache', place('chips.bin'), '--out', place('run')];
    const few = ['--network', 'small', '--people', '4', '--batch', '8', '--slice', '8', '--dims', '8', '--steps', '1'];
    const { code, output } = await runScript(main, ['train', ...data, ...few, '--runtime', 'webgpu'], { ...swiftShader!, KINDRED_LIBRARY: place('library') });
    expect(code).toBe(0);
    expect(output).toContain('Ended by steps');
    expect((await readResults('run')).runtime).toMatch(/WebGPU/);
  });
});
