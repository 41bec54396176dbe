/** kindred doctor: says what this machine has for Kindred, and how to get what is missing. */

import type { Command } from 'commander';
import type { CommandRunner } from '../command-runner.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Finding } from '../finding.ts';
import { listRuntimeLines } from '../runtime-lines.ts';

const marks: Readonly<Record<Finding['state'], string>> = { ok: 'ok', missing: '--', broken: '!!' };

export function addDoctorCommand(program: Command, runner: CommandRunner): void {
  program
    .command('doctor')
    .description('say what was found on this machine, and how to get what is missing')
    .option('--measure', 'measure the runtimes again', false)
    .action((options: { measure: boolean }, command: Command) =>
      runner.run(command, async ({ environment, folders, output }) => {
        const diagnosis = await environment.diagnose(folders, { isMeasuredAgain: options.measure });
        if (output.isJson) {
          await output.printJson(diagnosis);
        } else {
          const width = Math.max(...diagnosis.findings.map((finding) => finding.name.length));
          for (const finding of diagnosis.findings) {
            await output.print(`${marks[finding.state]}  ${finding.name.padEnd(width)}  ${finding.detail}`);
            for (const line of finding.remedy?.split('\n') ?? []) await output.print(`${' '.repeat(width + 6)}${line}`);
          }
          await output.print('');
          for (const line of listRuntimeLines(diagnosis.runtimes)) await output.print(line);
          output.tell(diagnosis.isReady ? 'Kindred can work on this machine.' : 'Something that Kindred needs is missing.');
        }
        return diagnosis.isReady ? exitCodes.done : exitCodes.failed;
      }),
    );
}
