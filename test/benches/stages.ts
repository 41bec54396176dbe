/**
 * Shows what an import could cost at least, bare decodes and bare runs of each network, beside what it does cost.
 *
 *   npm run bench -- stages [--sets samples,lfw] [--photos <n>] [--processes <n>] [--repeat <rounds>] [--runs <n>]
 *                           [--runtime onnx] [--seed <n>]
 *
 * As many processes as an import has workers measure side by side, each on one thread: cores that share caches, memory
 * and execution units are slower together, and an import has them all at work. In every round the bare costs are
 * measured anew right before the import that is held against them.
 */

import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runtimeNames, type RuntimeName } from '../../native-models/runtime/runtime.ts';
import { batchSizes, decodeDivisors, networkNames, type BareCosts, type BareCostsRequest } from './measures/bare-costs.ts';
import { computeImportBound, type ImportBound } from './measures/bound.ts';
import { runKindredImport } from './measures/run-kindred.ts';
import { readChoices, readWholeNumber, runBench } from './measures/options.ts';
import { photoSets, setNames, withPhotos, type PhotoSet } from './measures/photo-sets.ts';
import { describeSpread, formatSpread } from './measures/ratios.ts';

/** So many photos of a set are decoded for its bare decode. */
const decodedPhotos: Readonly<Record<PhotoSet, number>> = { samples: 6, lfw: 48 };

async function measureSideBySide(request: BareCostsRequest, processes: number): Promise<BareCosts> {
  const all = await Promise.all(Array.from({ length: processes }, () => measureInProcess(request)));
  const median = (read: (costs: BareCosts) => number): number => describeSpread(all.map(read)).median;
  const networkMs = networkNames.map((name) => {
    const byBatch = batchSizes.map((size) => [size, median((costs) => costs.networkMs[name][size]!)]);
    return [name, Object.fromEntries(byBatch)];
  });
  return {
    runtime: all[0]!.runtime,
    decodeMs: Object.fromEntries(decodeDivisors.map((divisor) => [divisor, median((costs) => costs.decodeMs[divisor]!)])),
    networkMs: Object.fromEntries(networkMs) as BareCosts['networkMs'],
  };
}

function measureInProcess(request: BareCostsRequest): Promise<BareCosts> {
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(new URL('measures/bare-costs-process.ts', import.meta.url)));
    child.once('message', (costs) => resolve(costs as BareCosts));
    child.once('error', reject);
    child.once('close', (code) => reject(new Error(`A process that measures ended with ${code}`)));
    child.send(request);
  });
}

function printCosts(costs: BareCosts): void {
  const decodes = decodeDivisors.map((divisor) => `1/${divisor} ${costs.decodeMs[divisor]!.toFixed(2)}`);
  console.log(`  decode, ms a photo, at ${decodes.join(', ')}`);
  for (const name of networkNames) {
    const runs = batchSizes.map((size) => `${costs.networkMs[name][size]!.toFixed(2)} in a batch of ${size}`);
    console.log(`  ${name}, ms a row: ${runs.join(', ')}`);
  }
}

function printBound(bound: ImportBound, seconds: number): void {
  const share = (stage: number): string => `${stage.toFixed(2)} s (${((100 * stage) / seconds).toFixed(0)} %)`;
  console.log(
    `  import ${seconds.toFixed(2)} s, bound ${bound.seconds.toFixed(2)} s: decode ${share(bound.decodeSeconds)}, ` +
      `detector ${share(bound.detectSeconds)}, landmarker ${share(bound.landmarkSeconds)}, embedder ${share(bound.embedSeconds)}`,
  );
}

/** Photos of 250 x 250 are decoded in full and shown to the detector once.
 *  @returns how many times its bound the import takes */
async function compareWithBound(folder: string, photoCount: number, costs: BareCosts, runtime: string): Promise<number> {
  const { faces, seconds } = await runKindredImport(folder, ['--runtime', runtime]);
  const photo = { decodeMs: costs.decodeMs[1]!, detectorRuns: 1, landmarkerRuns: 0, embedderRuns: 0 };
  const allFaces = { decodeMs: 0, detectorRuns: 0, landmarkerRuns: faces, embedderRuns: faces };
  const networks = {
    detectorMs: costs.networkMs.detector[1]!,
    landmarkerMs: costs.networkMs.landmarker[1]!,
    embedderMs: costs.networkMs.embedder[1]!,
  };
  const photos = Array.from({ length: photoCount }, () => photo);
  const bound = computeImportBound([...photos, allFaces], networks, availableParallelism());
  printBound(bound, seconds);
  return seconds / bound.seconds;
}

await runBench(async (args) => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      sets: { type: 'string', default: photoSets.join(',') },
      photos: { type: 'string', default: '600' },
      processes: { type: 'string', default: String(availableParallelism()) },
      repeat: { type: 'string', default: '3' },
      runs: { type: 'string', default: '20' },
      runtime: { type: 'string', default: 'onnx' },
      seed: { type: 'string', default: '1' },
    },
  });
  const [runtime = 'onnx'] = readChoices<RuntimeName>('runtime', values.runtime, runtimeNames);
  const processes = readWholeNumber('processes', values.processes);
  const rounds = readWholeNumber('repeat', values.repeat);
  const runs = readWholeNumber('runs', values.runs);
  const seed = readWholeNumber('seed', values.seed);
  const photos = readWholeNumber('photos', values.photos);
  for (const set of readChoices('sets', values.sets, photoSets)) {
    const count = set === 'lfw' ? photos : decodedPhotos[set];
    await withPhotos(set, { count, seed }, async (folder, files) => {
      const ratios: number[] = [];
      for (let round = 1; round <= rounds; round++) {
        const costs = await measureSideBySide({ runtime, files: files.slice(0, decodedPhotos[set]), runs }, processes);
        console.log(`${setNames[set]}, round ${round}, ${processes} processes of one thread side by side, ${costs.runtime}`);
        printCosts(costs);
        if (set === 'lfw') ratios.push(await compareWithBound(folder, files.length, costs, runtime));
      }
      if (ratios.length > 0) console.log(`import : bound = ${formatSpread(describeSpread(ratios), 2)}`);
    });
  }
});
