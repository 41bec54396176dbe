/** kindred settings: shows how photos of this library are looked at, and changes it. */

import type { Command } from 'commander';
import { detectionEfforts, type DetectionEffort, type RecognitionSettings } from '../../api/schemas.ts';
import type { CommandRunner } from '../command-runner.ts';
import type { Output } from '../output.ts';
import { UsageError } from '../usage-error.ts';

const settingNames = ['effort', 'runtime'] as const;

export function addSettingsCommand(program: Command, runner: CommandRunner): void {
  const settings = program
    .command('settings')
    .description('show how photos of this library are looked at, or change it')
    .action((_options: unknown, command: Command) =>
      runner.runWithLibrary(command, async ({ api, output }) => printSettings(output, await api.call('settings.get', {}))),
    );
  settings
    .command('set')
    .description('change a setting, for what is looked at from now on')
    .argument('<name>', settingNames.join(' or '))
    .argument('<value>', `effort: ${detectionEfforts.join(', ')}; runtime: auto or a runtime's name`)
    .action((name: string, value: string, _options: unknown, command: Command) => {
      const change = readChange(name, value);
      return runner.runWithLibrary(command, async ({ api, output }) =>
        printSettings(output, await api.call('settings.change', change)),
      );
    });
}

/** @throws UsageError; which runtimes there are, the engine knows */
function readChange(name: string, value: string): { effort: DetectionEffort } | { runtime: string } {
  if (name === 'runtime') return { runtime: value };
  if (name !== 'effort') throw new UsageError(`Expected ${settingNames.join(' or ')} but received ${name}.`);
  const effort = detectionEfforts.find((known) => known === value);
  if (effort === undefined) throw new UsageError(`Expected ${detectionEfforts.join(', ')} for effort but received ${value}.`);
  return { effort };
}

async function printSettings(output: Output, settings: RecognitionSettings): Promise<void> {
  const { effort, runtime, runtimeChoices } = settings;
  if (output.isJson) return await output.printJson({ effort, runtime, runtimeChoices });
  await output.print(`effort   ${effort.padEnd(10)}  of ${detectionEfforts.join(', ')}`);
  await output.print(`runtime  ${runtime.padEnd(10)}  of ${runtimeChoices.join(', ')}`);
}
