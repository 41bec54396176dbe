/** kindred study networks: what the six networks cost, beside what is published of them, and how long they take. */

import { Option, type Command } from 'commander';
import { parseNetworkName } from '../../networks/describe-network.ts';
import { networkNames } from '../../networks/network-spec.ts';
import type { MeasuredNetwork } from '../../studies/networks/measure-networks.ts';
import { studyNetworks, type NetworkStudyRow } from '../../studies/networks/network-costs.ts';
import type { LabContext, LabRunner } from '../lab-runner.ts';
import type { Output } from '../../../../electron/cli/output.ts';
import { parseWholeNumber } from '../../../../electron/cli/parse-whole-number.ts';
import { printTable } from '../print-table.ts';

interface NetworksOptions {
  readonly measure: boolean;
  readonly network: readonly string[];
  readonly rounds: number;
}

interface Measurement {
  /** For people. */
  readonly runtime: string;
  readonly batch: number;
  readonly rounds: number;
  readonly networks: readonly MeasuredNetwork[];
}

const batch = 8;
const mostRounds = 1000;

export function addStudyNetworksCommand(study: Command, runner: LabRunner): void {
  study
    .command('networks')
    .description('compare parameters and multiply-adds of the six networks with the published ones')
    .option('--measure', `build each and measure how long a face takes, ${batch} at a time, on one thread`, false)
    .addOption(new Option('--network <name...>', `only these: ${networkNames.join(', ')}`).default(networkNames, 'all'))
    .option('--rounds <n>', 'batches measured, of which the median counts', parseWholeNumber(1, mostRounds), 5)
    .action((options: NetworksOptions, command: Command) => runner.run(command, (context) => run(context, options)));
}

async function run(context: LabContext, options: NetworksOptions): Promise<void> {
  const { output } = context;
  const wanted = new Set(options.network.map(parseNetworkName));
  const rows = studyNetworks().filter(({ name }) => wanted.has(name));
  const measured = options.measure ? await measure(context, rows, options.rounds) : null;
  if (!output.isJson) return await print(output, rows, measured);
  await output.printJson(measured === null ? rows : { ...measured, networks: rows.map((row) => ({ ...row, msPerFace: msOf(measured, row) })) });
}

/** Tells of each when it is done: NN1 has 140 million weights to draw first. */
async function measure({ output, runtime: asked = 'auto' }: LabContext, rows: readonly NetworkStudyRow[], rounds: number): Promise<Measurement> {
  const { measureNetwork, openLayersBackend } = await import('../../studies/networks/measure-networks.ts');
  const runtime = await openLayersBackend(asked);
  const networks: MeasuredNetwork[] = [];
  for (const { name } of rows) {
    const one = await measureNetwork(name, { batch, rounds, clock: () => performance.now() });
    if (!output.isJson) output.tell(`${name}: ${one.msPerFace.toFixed(1)} ms a face`);
    networks.push(one);
  }
  return { runtime, batch, rounds, networks };
}

async function print(output: Output, rows: readonly NetworkStudyRow[], measured: Measurement | null): Promise<void> {
  await printTable(output, [
    [
      ...['network', 'parameters', 'published', 'off by', 'multiply-adds', 'published', 'off by', 'published VAL'],
      ...(measured === null ? [] : ['ms a face', 'GMACs/s']),
    ],
    ...rows.map((row) => [
      row.name,
      ...compare(row.total.parameters, row.published.parameters),
      ...compare(row.total.multiplyAdds, row.published.multiplyAdds),
      `${row.publishedVal.mean} ± ${row.publishedVal.standardError} %`,
      ...(measured === null ? [] : toSpeed(row, msOf(measured, row))),
    ]),
  ]);
  if (measured === null) return;
  await output.print(`${measured.runtime}, one thread, ${measured.batch} faces at a time, median of ${measured.rounds}; GMACs/s are billions of multiply-adds a second.`);
}

function msOf({ networks }: Measurement, row: NetworkStudyRow): number {
  return networks.find(({ name }) => name === row.name)!.msPerFace;
}

function toSpeed({ total }: NetworkStudyRow, msPerFace: number): string[] {
  return [msPerFace.toFixed(1), (total.multiplyAdds / msPerFace / 1e6).toFixed(1)];
}

function compare(ours: number, published: number | null): string[] {
  if (published === null) return [inMillions(ours), '', ''];
  return [inMillions(ours), inMillions(published), `${((ours / published - 1) * 100).toFixed(1)} %`];
}

function inMillions(count: number): string {
  return `${(count / 1e6).toFixed(1)}M`;
}
