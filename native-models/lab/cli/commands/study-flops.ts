/** kindred study flops: what networks cost beside how well they tell people apart, FaceNet's, the packs', and trained ones. */

import path from 'node:path';
import type { Command } from 'commander';
import type { FlopsPoint } from '../../studies/networks/flops-study.ts';
import type { VerificationResult } from '../../studies/networks/read-verification.ts';
import type { LabContext, LabRunner } from '../lab-runner.ts';
import { printTable } from '../print-table.ts';
import { formatWithError } from '../run-evaluation.ts';
import { saveCharts } from '../save-charts.ts';

interface FlopsOptions {
  readonly pack?: readonly string[];
  readonly verification: readonly string[];
  readonly trained: readonly string[];
  readonly svg?: string;
}

export function addStudyFlopsCommand(study: Command, runner: LabRunner): void {
  study
    .command('flops')
    .description("FLOPS against accuracy: the six networks as published, beside the packs' embedders and networks trained here")
    .option('--pack <name...>', 'count the embedders of these packs (default: those that come with Kindred, where they are here)')
    .option('--verification <file...>', 'take VAL of packs from what "evaluate verification --json" printed', [])
    .option('--trained <folder...>', 'add networks from folders that "train --out" wrote', [])
    .option('--svg <file>', 'draw it into this file')
    .action((options: FlopsOptions, command: Command) => runner.run(command, (context) => run(context, options)));
}

async function run(context: LabContext, options: FlopsOptions): Promise<void> {
  const { environment, output } = context;
  const { flopsFar, listPublishedPoints } = await import('../../studies/networks/flops-study.ts');
  const resolve = (given: string): string => path.resolve(environment.currentFolder, given);
  const points = [
    ...listPublishedPoints(),
    ...(await listPackPoints(context, options.pack, await readVerifications(options.verification.map(resolve)))),
    ...(await listTrainedPoints(options.trained.map(resolve))),
  ];
  if (options.svg !== undefined) {
    const { drawFlops } = await import('../../studies/networks/draw-flops.ts');
    const { dir, base } = path.parse(resolve(options.svg));
    await saveCharts(context, dir, { [base]: drawFlops(points) });
  }
  if (output.isJson) return await output.printJson({ far: flopsFar, points });
  await printTable(output, [['network', 'multiply-adds', 'published', 'VAL at 1e-3', 'measured on'], ...points.map(toRow)]);
  await output.print('FLOPS in FaceNet are multiply-adds, here of one face, biases counted. VAL on different data does not compare.');
}

async function readVerifications(files: readonly string[]): Promise<VerificationResult[]> {
  const { readVerification } = await import('../../studies/networks/read-verification.ts');
  return await Promise.all(files.map(readVerification));
}

/** @param asked undefined for the built-in packs that are here */
async function listPackPoints(
  { environment, folders }: LabContext,
  asked: readonly string[] | undefined,
  results: readonly VerificationResult[],
): Promise<FlopsPoint[]> {
  const store = await environment.openPacks(folders);
  const here = async (): Promise<string[]> =>
    (await store.list()).filter(({ origin, state }) => origin === 'built-in' && state === 'ready').map(({ manifest }) => manifest.name);
  const names = new Set([...(asked ?? (await here())), ...results.map(({ pack }) => pack)]);
  const { countEmbedder } = await import('../../studies/networks/count-pack.ts');
  const points: FlopsPoint[] = [];
  for (const name of names) {
    const { manifest, embedder } = await store.load(name);
    const cost = { kind: 'pack', name, multiplyAdds: countEmbedder(manifest.embedder, embedder), publishedMultiplyAdds: null } as const;
    const own = results.filter(({ pack }) => pack === name);
    if (own.length === 0) points.push({ ...cost, val: null, standardError: null, data: null });
    for (const { val, standardError, data } of own) points.push({ ...cost, val, standardError, data: data === null ? null : path.basename(data) });
  }
  return points;
}

async function listTrainedPoints(folders: readonly string[]): Promise<FlopsPoint[]> {
  if (folders.length === 0) return [];
  const { openLayersBackend } = await import('../../studies/networks/measure-networks.ts');
  const { readTraining } = await import('../../studies/networks/read-training.ts');
  await openLayersBackend('wasm');
  const points: FlopsPoint[] = [];
  for (const folder of folders) points.push(await readTraining(folder));
  return points;
}

function toRow({ name, multiplyAdds, publishedMultiplyAdds, val, standardError, data }: FlopsPoint): string[] {
  return [
    name,
    `${(multiplyAdds / 1e6).toFixed(1)}M`,
    publishedMultiplyAdds === null ? '' : `${publishedMultiplyAdds / 1e6}M`,
    val === null ? 'not measured' : formatWithError(val, standardError, 1),
    data ?? '',
  ];
}
