/** kindred recluster: compares faces anew, those of one person or all of them. */

import type { Command } from 'commander';
import type { KindredApi } from '../../api/contract.ts';
import type { FaceId } from '../../base/ids.ts';
import { countOf } from '../../terminal/terminal.ts';
import type { CommandRunner } from '../command-runner.ts';
import { findPerson } from '../find-people.ts';
import type { Output } from '../output.ts';
import { printPerson } from '../print-person.ts';
import { toPersonRecord } from '../records.ts';

interface ReclusterOptions {
  readonly apply: boolean;
}

export function addReclusterCommand(program: Command, runner: CommandRunner): void {
  program
    .command('recluster')
    .description('show what comparing the faces of a person anew would change; without one, compare all faces anew')
    .argument('[person]', 'id, beginning of an id, or name')
    .option('--apply', 'do for the person all that is shown', false)
    .action((text: string | undefined, { apply }: ReclusterOptions, command: Command) =>
      runner.runWithLibrary(command, async ({ api, output }) => {
        if (text === undefined) await reclusterAll(api, output);
        else await reclusterPerson(api, output, { text, apply });
      }),
    );
}

async function reclusterAll(api: KindredApi, output: Output): Promise<void> {
  await api.call('people.reclusterAll', {});
  const { people, faces } = await api.call('library.status', {});
  if (output.isJson) await output.printJson({ people, faces });
  else await output.print(`The library holds ${countOf(faces, 'face')} of ${countOf(people, 'person', 'people')}.`);
}

async function reclusterPerson(
  api: KindredApi,
  output: Output,
  { text, apply }: { text: string; apply: boolean },
): Promise<void> {
  const { id: personId } = await findPerson(api, text);
  const preview = await api.call('people.previewRecluster', { personId });
  const leaving = preview.leaving.map(({ faceIds }) => faceIds);
  const joining = preview.joining.map(({ faceIds }) => faceIds);
  if (apply) {
    const { person } = await api.call('people.recluster', { personId, leaving, joining: joining.flat() });
    if (output.isJson) await output.printJson({ person: toPersonRecord(person), leaving, joining });
    else await printPerson(output, person);
    return;
  }
  if (output.isJson) return await output.printJson({ person: personId, staying: preview.stayingCount, leaving, joining });
  await output.print(`${countOf(preview.stayingCount, 'face')} would stay.`);
  await printGroups(output, 'go out', leaving);
  await printGroups(output, 'come in', joining);
  if (leaving.length + joining.length > 0) output.tell('Nothing has been changed. --apply does all of it.');
}

async function printGroups(output: Output, verb: string, groups: readonly (readonly FaceId[])[]): Promise<void> {
  for (const group of groups) {
    await output.print(`${countOf(group.length, 'face')} would ${verb}:`);
    for (const faceId of group) await output.print(`  ${faceId}`);
  }
}
