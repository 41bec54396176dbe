/** kindred person: shows one person, and says when they were born. */

import type { Command } from 'commander';
import type { PersonSummary } from '../../api/schemas.ts';
import { describePerson } from '../../terminal/import-report.ts';
import { countOf } from '../../terminal/terminal.ts';
import type { CommandRunner } from '../command-runner.ts';
import { findPerson } from '../find-people.ts';
import type { Output } from '../output.ts';
import { noBirthDate, parseBirthDate } from '../parse-birth-date.ts';
import { toPersonDetailRecord } from '../records.ts';

interface PersonOptions {
  readonly born?: string;
}

export function addPersonCommand(program: Command, runner: CommandRunner): void {
  program
    .command('person')
    .description('show a person; faces photographed before their birth are not theirs')
    .argument('<person>', 'id, beginning of an id, or name')
    .option('--born <date>', 'set the birth date, as far as it is known: 1998, 1998-04, 1998-04-12 or as you write it; "none" takes it away', parseBirthDate)
    .action((text: string, { born }: PersonOptions, command: Command) =>
      runner.runWithLibrary(command, async ({ api, output }) => {
        const found = await findPerson(api, text);
        if (born === undefined) {
          if (output.isJson) return await output.printJson(toPersonDetailRecord(found));
          return await printDetails(output, found);
        }
        const { person, facesOut, contradictions } = await api.call('people.setBorn', {
          personId: found.id,
          born: born === noBirthDate ? null : born,
        });
        if (output.isJson) return await output.printJson({ ...toPersonDetailRecord(person), facesOut, contradictions });
        await printDetails(output, person);
        if (facesOut > 0) await output.print(`  ${countOf(facesOut, 'face')} from before went out.`);
        if (contradictions.length === 0) return;
        await output.print(`  ${countOf(contradictions.length, 'confirmed face')} from before: they or the date must be wrong.`);
        for (const faceId of contradictions) await output.print(`    ${faceId}`);
      }),
    );
}

async function printDetails(output: Output, person: PersonSummary): Promise<void> {
  await output.print(describePerson(person));
  if (person.born !== null) await output.print(`  born ${person.born}`);
  if (person.confirmedCount > 0) await output.print(`  ${countOf(person.confirmedCount, 'face')} confirmed`);
  if (person.isIgnored) await output.print('  ignored');
}
