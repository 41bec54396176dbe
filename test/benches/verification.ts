/**
 * Compares how well face-api's own pipeline and Kindred's packs tell people apart, over all pairs of main faces at once.
 *
 *   npm run bench -- verification [--packs standard,classic] [--data <folder of people>] [--cache <file>]
 *                                 [--backends tensorflow,wasm] [--processes <n>] [--most-photos <n>]
 *                                 [--bootstrap <rounds>] [--seed <n>] [--extract-only]
 *
 * What face-api finds is kept in the cache file, photo by photo: a run that was ended goes on where it was, and the next
 * one takes it from there. The first of the backends that starts here extracts; all compute the same.
 */

import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { pickMainFace } from '../../native-models/lab/evaluation/main-face.ts';
import { capPhotos, listLabeledPhotos, type LabeledPhoto } from '../../native-models/lab/evaluation/people-folder.ts';
import { measureVerification } from '../../electron/learning/verification/verification.ts';
import { lfwFolder } from '../studies/labeled-faces.ts';
import {
  baselineBackends,
  baselineEdgePx,
  baselineMinScores,
  findReasonAgainstBaseline,
  type BaselineBackend,
  type BaselinePhoto,
} from './face-api/baseline.ts';
import { extractFaces } from './face-api/extract.ts';
import { runKindred } from './measures/run-kindred.ts';
import { readChoices, readWholeNumber, runBench } from './measures/options.ts';

const falseAcceptRates = [1e-3, 1e-4, 1e-5] as const;

/** A line of the table. */
interface Row {
  readonly engine: string;
  readonly photos: number;
  readonly missed: number;
  readonly people: number;
  readonly genuinePairs: number;
  readonly impostorPairs: number;
  readonly rates: readonly { readonly val: number; readonly standardError: number | null }[];
}

interface VerificationBenchOptions {
  readonly folder: string;
  readonly packs: readonly string[];
  readonly cacheFile: string;
  readonly backends: readonly BaselineBackend[];
  readonly processes: number;
  readonly mostPhotos: number;
  readonly bootstrapRounds: number;
  readonly seed: number;
  readonly isExtractOnly: boolean;
}

function parseOptions(args: readonly string[]): VerificationBenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      data: { type: 'string', default: lfwFolder },
      packs: { type: 'string', default: 'standard' },
      cache: { type: 'string' },
      backends: { type: 'string', default: 'tensorflow,wasm' },
      processes: { type: 'string', default: String(availableParallelism()) },
      'most-photos': { type: 'string', default: '6' },
      bootstrap: { type: 'string', default: '200' },
      seed: { type: 'string', default: '1' },
      'extract-only': { type: 'boolean', default: false },
    },
  });
  const folder = path.resolve(values.data);
  const folderPrint = createHash('sha256').update(folder).digest('hex').slice(0, 12);
  return {
    folder,
    packs: values.packs === 'none' ? [] : values.packs.split(','),
    cacheFile: path.resolve(values.cache ?? path.join(tmpdir(), `kindred-bench-face-api-${folderPrint}.jsonl`)),
    backends: readChoices('backends', values.backends, baselineBackends),
    processes: readWholeNumber('processes', values.processes),
    mostPhotos: readWholeNumber('most-photos', values['most-photos'], 2),
    bootstrapRounds: readWholeNumber('bootstrap', values.bootstrap, 0),
    seed: readWholeNumber('seed', values.seed, 0),
    isExtractOnly: values['extract-only'],
  };
}

/** @throws Error where no backend starts and the cache does not hold all photos */
async function extract(photos: readonly LabeledPhoto[], options: VerificationBenchOptions): ReturnType<typeof extractFaces> {
  const { folder, cacheFile, processes } = options;
  let lastSaidMs = performance.now();
  const onProgress = (done: number, total: number): void => {
    if (performance.now() - lastSaidMs < 30_000) return;
    lastSaidMs = performance.now();
    console.error(`face-api: ${done} of ${total} photos`);
  };
  const files = photos.map(({ path: file }) => file);
  const choose = (): Promise<BaselineBackend> => chooseBackend(options.backends);
  const settings = { longestEdgePx: baselineEdgePx, minScore: baselineMinScores.demos };
  return extractFaces(files, { ...settings, chooseBackend: choose, processes, folder, cacheFile, onProgress });
}

async function chooseBackend(backends: readonly BaselineBackend[]): Promise<BaselineBackend> {
  const reasons: string[] = [];
  for (const backend of backends) {
    const reason = await findReasonAgainstBaseline(backend);
    if (reason === '') return backend;
    reasons.push(`${backend}: ${reason}`);
  }
  throw new Error(`Expected a backend that starts but found none (${reasons.join('; ')})`);
}

/** face-api compares descriptors as they are. What it finds with the low score of its demos holds what it finds with any
 *  higher one. */
function measureFaceApi(
  photos: readonly LabeledPhoto[],
  found: ReadonlyMap<string, BaselinePhoto>,
  minScore: number,
  { bootstrapRounds, seed }: VerificationBenchOptions,
): Row {
  const mainFaces = photos.flatMap(({ path: file, person }) => {
    const photo = found.get(file)!;
    const face = pickMainFace(photo.faces.filter(({ score }) => score >= minScore), photo);
    return face === null ? [] : [{ person, descriptor: face.descriptor }];
  });
  const embeddings = Float32Array.from(mainFaces.flatMap(({ descriptor }) => [...descriptor]));
  const scores = measureVerification(
    { embeddings, length: mainFaces[0]?.descriptor.length ?? 0, people: mainFaces.map(({ person }) => person) },
    { metric: 'euclidean', falseAcceptRates, bootstrapRounds, seed },
  );
  return { engine: `face-api's own pipeline, score from ${minScore}`, photos: photos.length, missed: photos.length - mainFaces.length, ...scores };
}

/** What `kindred evaluate verification --json` prints, as far as it matters here. */
const evaluationSchema = z.object({
  photos: z.number(),
  missed: z.array(z.string()),
  people: z.number(),
  genuinePairs: z.number(),
  impostorPairs: z.number(),
  rates: z.array(z.object({ val: z.number(), standardError: z.number().nullable() })),
});

async function measurePack(pack: string, options: VerificationBenchOptions): Promise<Row> {
  const output = await runKindred([
    ...['evaluate', 'verification', '--json', '--pack', pack, '--data', options.folder],
    ...['--far', falseAcceptRates.join(','), '--most-photos', String(options.mostPhotos)],
    ...['--bootstrap', String(options.bootstrapRounds), '--seed', String(options.seed)],
  ]);
  const { missed, ...scores } = evaluationSchema.parse(JSON.parse(output));
  return { engine: `Kindred, ${pack}`, missed: missed.length, ...scores };
}

function printTable(rows: readonly Row[]): void {
  const percent = (share: number): string => (100 * share).toFixed(2);
  const rates = falseAcceptRates.map((far) => `VAL at ${far.toExponential()}, %`);
  console.log(`| engine | photos | missed | people | pairs | ${rates.join(' | ')} |`);
  console.log(`|---|---|---|---|---|${rates.map(() => '---|').join('')}`);
  for (const row of rows) {
    const cells = row.rates.map(({ val, standardError }) =>
      standardError === null ? percent(val) : `${percent(val)} ± ${percent(standardError)}`,
    );
    const pairs = `${row.genuinePairs} genuine, ${row.impostorPairs} impostor`;
    console.log(`| ${row.engine} | ${row.photos} | ${row.missed} | ${row.people} | ${pairs} | ${cells.join(' | ')} |`);
  }
}

await runBench(async (args) => {
  const options = parseOptions(args);
  if (!existsSync(options.folder)) {
    console.log(options.folder === path.resolve(lfwFolder) ? 'skipped: no ../shared' : `skipped: no ${options.folder}`);
    return;
  }
  const photos = capPhotos(await listLabeledPhotos(options.folder), options.mostPhotos);
  const found = await extract(photos, options);
  if (options.isExtractOnly) return;
  const { ownDefault, demos } = baselineMinScores;
  const rows = [ownDefault, demos].map((minScore) => measureFaceApi(photos, found, minScore, options));
  for (const pack of options.packs) {
    try {
      rows.push(await measurePack(pack, options));
    } catch (error) {
      console.log(`skipped: ${pack} (${error instanceof Error ? error.message : String(error)})`);
    }
  }
  printTable(rows);
});
