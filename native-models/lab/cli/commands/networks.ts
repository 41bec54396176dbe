/** kindred networks: FaceNet's networks layer by layer, with what they cost. */

import type { Command } from 'commander';
import { describeNetwork, parseNetworkName, type NetworkDescription } from '../../networks/describe-network.ts';
import { networkNames } from '../../networks/network-spec.ts';
import type { LabRunner } from '../lab-runner.ts';
import type { Output } from '../../../../electron/cli/output.ts';
import { parseWholeNumber } from '../../../../electron/cli/parse-whole-number.ts';
import { printTable } from '../print-table.ts';

const mostDims = 4096;

export function addNetworksCommand(program: Command, runner: LabRunner): void {
  program
    .command('networks')
    .description("show FaceNet's networks layer by layer: sizes, parameters and multiply-adds, biases counted")
    .argument('[name]', `${networkNames.join(', ')}, in any case (default: all)`)
    .option('--dims <n>', 'length of an embedding', parseWholeNumber(1, mostDims), 128)
    .action((name: string | undefined, { dims }: { readonly dims: number }, command: Command) =>
      runner.run(command, async ({ output }) => {
        if (name !== undefined) return await printNetwork(output, describeNetwork(parseNetworkName(name), { dims }));
        const networks = networkNames.map((one) => describeNetwork(one, { dims }));
        if (output.isJson) return await output.printJson(networks);
        for (const network of networks) await printNetwork(output, network);
      }),
    );
}

async function printNetwork(output: Output, network: NetworkDescription): Promise<void> {
  if (output.isJson) return await output.printJson(network);
  const { name, input, layers, total } = network;
  await output.print(`${name}  ${input.join('x')}`);
  await printTable(output, [
    ['layer', 'output', 'parameters', 'multiply-adds'],
    ...layers.map((layer) => [layer.name, layer.output.join('x'), String(layer.parameters), String(layer.multiplyAdds)]),
    ['total', '', String(total.parameters), String(total.multiplyAdds)],
  ]);
  await output.print('');
}
