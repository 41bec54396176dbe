/** kindred learn: learns from the named people how to compare faces, shows what was learnt, and takes it back. */

import { Option, type Command } from 'commander';
import type { Learning, LearntVersion } from '../../api/schemas.ts';
import { followJob } from '../../terminal/follow-job.ts';
import { describeLearning, describeVersion } from '../../terminal/learning-report.ts';
import type { CommandRunner, LibraryContext } from '../command-runner.ts';
import { followWithProgress } from '../follow-with-progress.ts';
import type { Output } from '../output.ts';
import { parseWholeNumber } from '../parse-whole-number.ts';

interface LearnCommandOptions {
  readonly status: boolean;
  readonly forget: boolean;
  readonly use?: number;
  readonly automatic?: 'on' | 'off';
}

export function addLearnCommand(program: Command, runner: CommandRunner): void {
  program
    .command('learn')
    .description('learn from the people you have named to tell them apart better; what does not help is not used')
    .option('--status', 'show what was learnt, and change nothing', false)
    .addOption(new Option('--forget', 'compare faces as the pack does again; what was learnt is kept').default(false).conflicts('use'))
    .option('--use <version>', 'compare faces by an earlier version', parseWholeNumber(1, Number.MAX_SAFE_INTEGER))
    .addOption(new Option('--automatic <on|off>', 'whether Kindred learns by itself as you name people').choices(['on', 'off']))
    .action((options: LearnCommandOptions, command: Command) => runner.runWithLibrary(command, (context) => run(context, options)));
}

async function run(context: LibraryContext, { status, forget, use, automatic }: LearnCommandOptions): Promise<void> {
  const { api, output } = context;
  if (automatic !== undefined) await api.call('learning.change', { isAutomatic: automatic === 'on' });
  if (forget || use !== undefined) await api.call('learning.use', { version: use ?? null });
  const onlyTells = status || forget || use !== undefined || automatic !== undefined;
  if (!onlyTells) await learn(context);
  await print(output, await api.call('learning.get', {}), onlyTells);
}

async function learn(context: LibraryContext): Promise<void> {
  const { api } = context;
  await followWithProgress(context, (options) => followJob(api, async () => (await api.call('learning.start', {})).jobId, options));
}

async function print(output: Output, learning: Learning, isWhole: boolean): Promise<void> {
  if (output.isJson) return await output.printJson(learning);
  if (isWhole) for (const line of describeLearning(learning)) await output.print(line);
  const shown: readonly LearntVersion[] = isWhole ? learning.versions : learning.versions.slice(0, 1);
  for (const version of shown) for (const line of describeVersion(version)) await output.print(line);
}
