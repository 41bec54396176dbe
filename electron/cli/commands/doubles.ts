/** kindred doubles: lists photos in which one name stands at two faces. */

import type { Command } from 'commander';
import { countOf } from '../../terminal/terminal.ts';
import type { CommandRunner } from '../command-runner.ts';
import { listDoubles } from '../pages.ts';

export function addDoublesCommand(program: Command, runner: CommandRunner): void {
  program
    .command('doubles')
    .description('list photos in which one name stands at two faces')
    .action((_options: unknown, command: Command) =>
      runner.runWithLibrary(command, async ({ api, output }) => {
        const records: { name: string; photo: string; photoId: string; faces: string[] }[] = [];
        for (const { photoId, name, faces } of await listDoubles(api)) {
          const { paths, fileName } = await api.call('photos.get', { photoId });
          records.push({ name, photo: paths[0] ?? fileName, photoId, faces: faces.map((face) => face.id) });
        }
        if (output.isJson) return await output.printJson(records);
        for (const { name, photo, faces } of records) {
          await output.print(`${name}  ${countOf(faces.length, 'face')}  ${photo}`);
          for (const faceId of faces) await output.print(`  ${faceId}`);
        }
        if (records.length === 0) output.tell('No name stands at two faces of a photo.');
      }),
    );
}
