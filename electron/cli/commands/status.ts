/** kindred status: says what the library holds and what runs on it. */

import type { Command } from 'commander';
import type { JobSnapshot, Status } from '../../api/schemas.ts';
import { deserializeError } from '../../base/errors.ts';
import { describeError } from '../../terminal/messages.ts';
import type { CommandRunner } from '../command-runner.ts';

export function addStatusCommand(program: Command, runner: CommandRunner): void {
  program
    .command('status')
    .description('say what the library holds')
    .action((_options: unknown, command: Command) =>
      runner.runWithLibrary(command, async ({ api, output }) => {
        const status = await api.call('library.status', {});
        if (output.isJson) return await output.printJson(status);
        for (const line of describeStatus(status)) await output.print(line);
      }),
    );
}

/** @returns lines */
export function describeStatus(status: Status): string[] {
  const rows: [string, string][] = [
    ['Library', status.libraryFolder],
    ['Photos', String(status.photos)],
    ['Faces', String(status.faces)],
    ['People', `${status.people}, ${status.namedPeople} of them named`],
    ['Files that failed', String(status.failedFiles)],
    ['Models', status.pack],
    ...(status.packProblem === null ? [] : [['Models that fail', describeError(deserializeError(status.packProblem))] as [string, string]]),
    ['Runtime', status.runtime ?? 'none used yet'],
    ...status.jobs
      .filter((job) => job.state !== 'done')
      .map(describeJob),
  ];
  const width = Math.max(...rows.map(([label]) => label.length));
  return rows.map(([label, value]) => `${label.padEnd(width)}  ${value}`);
}

function describeJob(job: JobSnapshot): [label: string, value: string] {
  const { state, progress } = job;
  const photos = `${state}, ${progress.done} of ${progress.total ?? '?'} photos`;
  switch (job.kind) {
    case 'import':
      return ['Import', `${photos}: ${job.folders.join(', ')}`];
    case 'switch-pack':
      return ['Switch', `${photos}, to ${job.pack}`];
    case 'download-pack':
      return ['Download', `${state}, ${job.pack}`];
    case 'learn':
      return ['Learning', state];
  }
}
