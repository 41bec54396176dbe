/** kindred faces: prints the record of every face, one JSON object a line. */

import type { Command } from 'commander';
import type { CommandRunner } from '../command-runner.ts';
import { findPerson } from '../find-people.ts';
import { toFaceRecord } from '../records.ts';

interface FacesOptions {
  readonly person?: string;
  readonly embeddings: boolean;
}

export function addFacesCommand(program: Command, runner: CommandRunner): void {
  program
    .command('faces')
    .description('print every face as a line of JSON')
    .option('--person <id>', 'only the faces of this person')
    .option('--embeddings', 'with the numbers by which a face is known again', false)
    .action((options: FacesOptions, command: Command) =>
      runner.runWithLibrary(command, async ({ api, output }) => {
        const personId = options.person === undefined ? null : (await findPerson(api, options.person)).id;
        let cursor: string | null = null;
        do {
          const page: { faces: Parameters<typeof toFaceRecord>[0][]; nextCursor: string | null } = await api.call(
            'faces.export',
            { personId, includeEmbeddings: options.embeddings, cursor },
          );
          for (const face of page.faces) await output.printJson(toFaceRecord(face));
          cursor = page.nextCursor;
        } while (cursor !== null);
      }),
    );
}
