/** kindred strangers: sets aside whoever does not matter, of a photo or of the whole library. */

import type { Command } from 'commander';
import type { KindredApi } from '../../api/contract.ts';
import { photoIdSchema } from '../../api/schemas.ts';
import type { PersonId, PhotoId } from '../../base/ids.ts';
import { countOf } from '../../terminal/terminal.ts';
import type { CommandRunner } from '../command-runner.ts';
import { parseWholeNumber } from '../parse-whole-number.ts';
import { UsageError } from '../usage-error.ts';

interface StrangersOptions {
  readonly photo?: string;
  readonly maxFaces?: number;
  readonly apply: boolean;
}

interface Counts {
  readonly people: number;
  readonly faces: number;
}

/** Whoever passes through a photo is seen once or twice. */
const maxFacesDefault = 2;

export function addStrangersCommand(program: Command, runner: CommandRunner): void {
  program
    .command('strangers')
    .description('count unnamed people with few faces, or those of a photo, and set them aside')
    .option('--photo <id>', 'whoever has no name in this photo')
    .option('--max-faces <n>', `people with at most so many faces (default: ${maxFacesDefault})`, parseWholeNumber(1, 1_000_000))
    .option('--apply', 'set them aside', false)
    .action((options: StrangersOptions, command: Command) => {
      if (options.photo !== undefined && options.maxFaces !== undefined) {
        throw new UsageError('Expected either --photo <id> or --max-faces <n>');
      }
      const photoId = options.photo === undefined ? null : parsePhotoId(options.photo);
      return runner.runWithLibrary(command, async ({ api, output }) => {
        const { people, faces } = await findStrangers(api, photoId, options);
        if (output.isJson) return await output.printJson({ people, faces, applied: options.apply });
        const found = `${countOf(people, 'person', 'people')} and ${countOf(faces, 'face')}`;
        await output.print(options.apply ? `Set ${found} aside.` : `${found} could be set aside.`);
        if (!options.apply && faces > 0) output.tell('Nothing has been changed. --apply sets them aside.');
      });
    });
}

function findStrangers(api: KindredApi, photoId: PhotoId | null, { apply, maxFaces }: StrangersOptions): Promise<Counts> {
  if (photoId !== null) return apply ? api.call('photos.ignoreStrangers', { photoId }) : countInPhoto(api, photoId);
  return api.call(apply ? 'people.ignoreStrangers' : 'people.countStrangers', { maxFaces: maxFaces ?? maxFacesDefault });
}

/** What photos.ignoreStrangers would set aside. */
async function countInPhoto(api: KindredApi, photoId: PhotoId): Promise<Counts> {
  const { faces } = await api.call('photos.get', { photoId });
  const facesHere = new Map<PersonId | null, number>();
  for (const { personId, personName, isIgnored } of faces) {
    if (!isIgnored && personName === null) facesHere.set(personId, (facesHere.get(personId) ?? 0) + 1);
  }
  let people = 0;
  let count = 0;
  for (const [personId, facesOfPerson] of facesHere) {
    const person = personId === null ? null : await api.call('people.get', { personId });
    if (person?.isIgnored === true) continue;
    if (person?.faceCount === facesOfPerson) people += 1;
    count += facesOfPerson;
  }
  return { people, faces: count };
}

function parsePhotoId(text: string): PhotoId {
  const parsed = photoIdSchema.safeParse(text.toLowerCase());
  if (!parsed.success) throw new UsageError(`Expected the id of a photo but received "${text}"`);
  return parsed.data;
}
