/** kindred study networks: what the six networks cost, beside what is published of them. */

import type { Command } from 'commander';
import { studyNetworks } from '../../../native-models/studies/networks/network-costs.ts';
import type { CommandRunner } from '../command-runner.ts';
import { printTable } from '../print-table.ts';

export function addStudyNetworksCommand(study: Command, runner: CommandRunner): void {
  study
    .command('networks')
    .description('compare parameters and multiply-adds of the six networks with the published ones')
    .action((_options: unknown, command: Command) =>
      runner.run(command, async ({ output }) => {
        const rows = studyNetworks();
        if (output.isJson) return await output.printJson(rows);
        await printTable(output, [
          ['network', 'parameters', 'published', 'off by', 'multiply-adds', 'published', 'off by', 'published VAL'],
          ...rows.map(({ name, total, published, publishedVal }) => [
            name,
            ...compare(total.parameters, published.parameters),
            ...compare(total.multiplyAdds, published.multiplyAdds),
            `${publishedVal.mean} ± ${publishedVal.standardError} %`,
          ]),
        ]);
      }),
    );
}

function compare(ours: number, published: number | null): string[] {
  if (published === null) return [inMillions(ours), '', ''];
  return [inMillions(ours), inMillions(published), `${((ours / published - 1) * 100).toFixed(1)} %`];
}

function inMillions(count: number): string {
  return `${(count / 1e6).toFixed(1)}M`;
}
