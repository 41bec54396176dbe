/** Finds the people and faces that arguments mean. */

import { z } from 'zod';
import type { KindredApi } from '../api/contract.ts';
import { faceIdSchema, personIdSchema } from '../api/schemas.ts';
import type { PersonSummary } from '../api/schemas.ts';
import { AppError, isAppError } from '../base/errors.ts';
import type { FaceId } from '../base/ids.ts';
import { shortenId } from '../terminal/import-report.ts';
import { listPeople } from './pages.ts';
import { UsageError } from './usage-error.ts';

/** Shorter beginnings of ids are more likely names. */
const shortestIdPrefix = 4;
const idPrefixPattern = new RegExp(`^[0-9a-f][0-9a-f-]{${shortestIdPrefix - 1},35}$`, 'i');
const candidatesShown = 5;

/**
 * @param text an id, the unique beginning of one, or a name that only one person has
 * @throws AppError "not-found", or "conflict" where several people fit
 */
export async function findPerson(api: KindredApi, text: string): Promise<PersonSummary> {
  const [person] = await findPeople(api, [text]);
  return person!;
}

/** As findPerson, with one look at the list of people for all. */
export async function findPeople(api: KindredApi, texts: readonly string[]): Promise<PersonSummary[]> {
  const isListNeeded = texts.some((text) => !isId(text));
  const people = isListNeeded ? await listPeople(api, ['all', 'ignored']) : [];
  const found: PersonSummary[] = [];
  for (const text of texts) {
    found.push(
      isId(text)
        ? await api.call('people.get', { personId: personIdSchema.parse(text.toLowerCase()) })
        : pickPerson(people, text),
    );
  }
  return found;
}

function pickPerson(people: readonly PersonSummary[], text: string): PersonSummary {
  if (text.trim() === '') throw new UsageError('Expected a person but received an empty text');
  const name = text.normalize('NFC');
  const named = people.filter((person) => person.name?.normalize('NFC') === name);
  const start = text.toLowerCase();
  const fitting =
    named.length > 0 || !idPrefixPattern.test(text) ? named : people.filter((person) => person.id.startsWith(start));
  const [first] = fitting;
  if (first === undefined) {
    throw new AppError('not-found', `Expected a person but received ${text}`, { parameters: { kind: 'person', id: text } });
  }
  if (fitting.length > 1) {
    const candidates = fitting.slice(0, candidatesShown).map((person) => shortenId(person.id));
    throw new AppError('conflict', `Expected one person for ${text} but ${fitting.length} fit`, {
      parameters: { kind: 'person', id: text, candidates: candidates.join(', ') },
    });
  }
  return first;
}

/** @throws UsageError for what is no id */
export function parseFaceIds(texts: readonly string[]): FaceId[] {
  return [...new Set(texts)].map((text) => {
    const parsed = faceIdSchema.safeParse(text.toLowerCase());
    if (!parsed.success) throw new UsageError(`Expected the id of a face but received "${text}"`);
    return parsed.data;
  });
}

/** An id may be that of a person or of a face; anything else can only mean a person. */
export async function findPeopleAndFaces(
  api: KindredApi,
  texts: readonly string[],
): Promise<{ people: PersonSummary[]; faceIds: FaceId[] }> {
  const people: PersonSummary[] = [];
  const faceIds: FaceId[] = [];
  for (const text of new Set(texts)) {
    try {
      people.push(await findPerson(api, text));
    } catch (error) {
      if (!isAppError(error, 'not-found') || !isId(text)) throw error;
      faceIds.push(...parseFaceIds([text]));
    }
  }
  return { people, faceIds };
}

function isId(text: string): boolean {
  return z.uuid().safeParse(text).success;
}
