/** kindred split: takes a person apart that is more than one. */

import type { Command } from 'commander';
import { describePerson } from '../../terminal/import-report.ts';
import { countOf } from '../../terminal/terminal.ts';
import type { CommandRunner } from '../command-runner.ts';
import { findPerson } from '../find-people.ts';
import { formatProbability } from '../format-probability.ts';
import { toPersonRecord } from '../records.ts';

interface SplitOptions {
  readonly apply: boolean;
}

export function addSplitCommand(program: Command, runner: CommandRunner): void {
  program
    .command('split')
    .description("show whom a person's faces seem to fall into, the first being who stays")
    .argument('<person>', 'id, beginning of an id, or name')
    .option('--apply', 'make a person of each group but the first', false)
    .action((text: string, { apply }: SplitOptions, command: Command) =>
      runner.runWithLibrary(command, async ({ api, output }) => {
        const person = await findPerson(api, text);
        const { groups, probability } = await api.call('people.proposeSplit', { personId: person.id });
        const leaving = groups.slice(1).map(({ faceIds }) => faceIds);
        const isSplit = apply && leaving.length > 0;
        const people = isSplit ? (await api.call('people.split', { personId: person.id, groups: leaving })).people : [];
        if (output.isJson) {
          return await output.printJson({
            person: person.id,
            probability,
            groups: groups.map(({ faceIds, confirmedCount }) => ({ faces: faceIds, confirmed: confirmedCount })),
            ...(apply ? { people: people.map(toPersonRecord) } : {}),
          });
        }
        if (leaving.length === 0) return await output.print('All faces seem to be one person.');
        if (isSplit) {
          for (const split of people) await output.print(describePerson(split));
          return;
        }
        await output.print(`More than one person with a probability of ${formatProbability(probability)}:`);
        for (const { faceIds, confirmedCount } of groups) {
          const confirmed = confirmedCount > 0 ? `, ${confirmedCount} confirmed` : '';
          await output.print(`  ${countOf(faceIds.length, 'face')}${confirmed}`);
          for (const faceId of faceIds) await output.print(`    ${faceId}`);
        }
        output.tell('Nothing has been changed. --apply makes a person of each group but the first.');
      }),
    );
}
