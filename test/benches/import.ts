/**
 * Compares whole imports with face-api's own pipeline on the same photos: photos a second, faces, peak memory, ratio.
 *
 *   npm run bench -- import [--photos <n>] [--sets samples,lfw] [--baselines wasm,tensorflow|none] [--repeat <rounds>]
 *                           [--as-demos] [--seed <n>] [-- <more for kindred import>]
 *   npm run bench -- import --memory     peak memory of imports of 1,000 and of 8,000 photos
 *
 * Kindred's time is that of the whole import by its own summary: walking, hashing, loading networks, decoding, analysis,
 * database and clustering. The baseline's begins when all its processes have loaded and run once, and holds decoding
 * and its networks alone. Processor time, of all threads, is what a busy machine disturbs least: Kindred's is that of
 * the whole process from its start, the baseline's again that of the photos alone.
 *
 * The baseline gets photos shrunk to the size that suits it best, see [Note: baseline's decoding size]. With --as-demos it
 * reads them as face-api's demos for Node do: whole, and on tfjs-node by TensorFlow's own decoder.
 */

import { availableParallelism, cpus } from 'node:os';
import { baselineEdgePx, findReasonAgainstBaseline, runBaseline, type BaselineBackend } from './face-api/baseline.ts';
import { parseImportOptions, type ImportBenchOptions } from './measures/import-options.ts';
import { runKindredImport } from './measures/run-kindred.ts';
import { runBench } from './measures/options.ts';
import { setNames, withPhotos, type PhotoSet } from './measures/photo-sets.ts';
import { compareSpeeds, describeSpread, formatSpread } from './measures/ratios.ts';

/** One run of one contestant. */
interface Run {
  readonly description: string;
  readonly faces: number;
  readonly failed: number;
  readonly seconds: number;
  readonly secondsWithStart: number;
  readonly peakMemoryBytes: number;
  readonly processorSeconds: number;
}

interface Contestant {
  readonly name: string;
  readonly run: (folder: string, files: readonly string[]) => Promise<Run>;
}

const baselineNames: Readonly<Record<BaselineBackend, string>> = {
  wasm: 'face-api on WASM',
  tensorflow: 'face-api on tfjs-node',
};

async function listContestants({ baselines, readsWhole, kindredArguments }: ImportBenchOptions): Promise<Contestant[]> {
  const contestants: Contestant[] = [{ name: 'Kindred', run: (folder, files) => runWholeImport(folder, files, kindredArguments) }];
  for (const backend of baselines) {
    const name = baselineNames[backend];
    const reason = await findReasonAgainstBaseline(backend);
    if (reason !== '') console.log(`skipped: ${name} (${reason})`);
    else {
      const options = { backend, processes: availableParallelism(), longestEdgePx: readsWhole ? null : baselineEdgePx };
      contestants.push({ name, run: (_folder, files) => runBaseline(files, options) });
    }
  }
  return contestants;
}

async function runWholeImport(folder: string, files: readonly string[], args: readonly string[]): Promise<Run> {
  const { runtime, photos, ...run } = await runKindredImport(folder, args);
  if (photos !== files.length) throw new Error(`Expected ${files.length} photos in the import but received ${photos}`);
  return { description: runtime, ...run };
}

async function compareOn(set: PhotoSet, options: ImportBenchOptions, contestants: readonly Contestant[]): Promise<void> {
  await withPhotos(set, { count: options.photoCounts[set], seed: options.seed }, async (folder, files) => {
    console.log(`\n${setNames[set]}: ${files.length} photos, ${options.repeat} rounds`);
    const runs = new Map<string, Run[]>(contestants.map(({ name }) => [name, []]));
    for (let round = 1; round <= options.repeat; round++) {
      for (const { name, run } of contestants) {
        const measured = await run(folder, files);
        runs.get(name)!.push(measured);
        console.log(`  round ${round}  ${name.padEnd(22)} ${(files.length / measured.seconds).toFixed(2)} photos/s`);
      }
    }
    printTable(runs, files.length);
  });
}

function printTable(runs: ReadonlyMap<string, readonly Run[]>, photoCount: number): void {
  const speedsOf = (of: readonly Run[]): number[] => of.map(({ seconds }) => photoCount / seconds);
  const costsOf = (of: readonly Run[]): number[] => of.map(({ processorSeconds }) => (1000 * processorSeconds) / photoCount);
  const columns = [22, 26, 13, 26, 7, 8, 9];
  const row = (cells: readonly string[]): string => cells.map((cell, index) => cell.padEnd(columns[index] ?? 0)).join(' ').trimEnd();
  console.log(row(['', 'photos/s (min to max)', 'with start', 'processor ms/photo', 'faces', 'failed', 'peak MB']));
  for (const [name, of] of runs) {
    const speed = formatSpread(describeSpread(speedsOf(of)), 2);
    const withStart = describeSpread(of.map(({ secondsWithStart }) => photoCount / secondsWithStart)).median.toFixed(2);
    const cost = formatSpread(describeSpread(costsOf(of)), 1);
    const peak = describeSpread(of.map(({ peakMemoryBytes }) => peakMemoryBytes / 1e6)).max.toFixed(0);
    const { faces, failed, description } = of.at(-1)!;
    console.log(row([name, speed, withStart, cost, String(faces), String(failed), peak, description]));
  }
  const kindred = runs.get('Kindred')!;
  for (const [name, of] of runs) {
    if (name === 'Kindred') continue;
    const speed = formatSpread(compareSpeeds(speedsOf(kindred), speedsOf(of)), 2);
    const cost = formatSpread(compareSpeeds(costsOf(of), costsOf(kindred)), 2);
    console.log(`Kindred : ${name} = ${speed}; by processor time ${cost}`);
  }
}

async function measureMemory({ seed, kindredArguments }: ImportBenchOptions): Promise<void> {
  for (const count of [1000, 8000]) {
    await withPhotos('lfw', { count, seed }, async (folder, files) => {
      const run = await runWholeImport(folder, files, kindredArguments);
      console.log(
        `Kindred, ${count} photos of ${setNames.lfw}: peak ${(run.peakMemoryBytes / 1e6).toFixed(0)} MB, ${run.faces} faces, ` +
          `${(count / run.seconds).toFixed(1)} photos/s (${run.description})`,
      );
    });
  }
}

await runBench(async (args) => {
  const options = parseImportOptions(args);
  const cores = availableParallelism();
  console.log(`${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${cores} cores; Node ${process.versions.node}`);
  if (options.isMemory) return measureMemory(options);
  console.log(`Kindred: whole imports, ${cores} workers; face-api: ${cores} processes of one thread, without their start`);
  const contestants = await listContestants(options);
  for (const set of options.sets) await compareOn(set, options, contestants);
});
