/** What a user does to people and faces, from any view. */

import type { JournalEntry, PersonSummary } from '../../electron/api/schemas.ts';
import type { FaceId, PersonId } from '../../electron/base/ids.ts';
import { Steps } from './steps.svelte.ts';
import type { Outcome, StepsOptions } from './steps.svelte.ts';

/** Name, id and nothing more: what a sentence about a person needs. */
export type NamedPerson = Pick<PersonSummary, 'id' | 'name'>;

export class Actions {
  readonly steps: Steps;
  readonly #options: StepsOptions;

  constructor(options: StepsOptions) {
    this.#options = options;
    this.steps = new Steps(options);
  }

  /** How many actions the engine has not answered yet. */
  get pending(): number {
    return this.steps.pending;
  }

  namePerson(personId: PersonId, name: string | null): Promise<Outcome<PersonSummary>> {
    const { api, translator } = this.#options;
    return this.steps.perform(
      () => api.call('people.name', { personId, name }),
      (person) =>
        person.name === null ? translator.t('done.unnamed') : translator.t('done.named', { name: person.name }),
    );
  }

  mergePeople(target: PersonId, sources: readonly PersonId[]): Promise<Outcome<PersonSummary>> {
    const { api, translator } = this.#options;
    return this.steps.perform(
      () => api.call('people.merge', { target, sources: [...sources] }),
      (person) =>
        person.name === null
          ? translator.t('done.mergedUnnamed')
          : translator.t('done.merged', { name: person.name }),
    );
  }

  async ignorePeople(people: readonly NamedPerson[]): Promise<Outcome<void>> {
    const { api, translator } = this.#options;
    return this.steps.perform(
      async () => {
        for (const { id } of people) await api.call('people.ignore', { personId: id });
      },
      () => {
        const [only] = people;
        return people.length === 1 && only !== undefined
          ? translator.t('done.ignored', { name: translator.personName(only.name) })
          : translator.t('done.ignoredPeople', { count: people.length });
      },
      people.length,
    );
  }

  restorePerson(person: NamedPerson): Promise<Outcome<void>> {
    const { api, translator } = this.#options;
    return this.steps.perform(
      async () => {
        await api.call('people.restore', { personId: person.id });
      },
      () => translator.t('done.restored', { name: translator.personName(person.name) }),
    );
  }

  chooseCover(personId: PersonId, faceId: FaceId): Promise<Outcome<PersonSummary>> {
    const { api, translator } = this.#options;
    return this.steps.perform(
      () => api.call('people.chooseCover', { personId, faceId }),
      () => translator.t('done.cover'),
    );
  }

  confirmFaces(faceIds: readonly FaceId[]): Promise<Outcome<void>> {
    const { api } = this.#options;
    return this.#performOnFaces(faceIds, 'done.confirmed', async () => {
      await api.call('faces.confirm', { faceIds: [...faceIds] });
    });
  }

  rejectFaces(faceIds: readonly FaceId[]): Promise<Outcome<void>> {
    const { api } = this.#options;
    return this.#performOnFaces(faceIds, 'done.rejected', async () => {
      await api.call('faces.reject', { faceIds: [...faceIds] });
    });
  }

  ignoreFaces(faceIds: readonly FaceId[]): Promise<Outcome<void>> {
    const { api } = this.#options;
    return this.#performOnFaces(faceIds, 'done.facesIgnored', async () => {
      await api.call('faces.ignore', { faceIds: [...faceIds] });
    });
  }

  restoreFaces(faceIds: readonly FaceId[]): Promise<Outcome<void>> {
    const { api } = this.#options;
    return this.#performOnFaces(faceIds, 'done.facesRestored', async () => {
      await api.call('faces.restore', { faceIds: [...faceIds] });
    });
  }

  /** @param newName what a new person is to be called at once; then two steps are undone together */
  moveFaces(
    faceIds: readonly FaceId[],
    personId: PersonId | null,
    newName: string | null = null,
  ): Promise<Outcome<PersonSummary>> {
    const { api, translator } = this.#options;
    const isNaming = personId === null && newName !== null;
    return this.steps.perform(
      async () => {
        const person = await api.call('faces.move', { faceIds: [...faceIds], personId });
        return isNaming ? api.call('people.name', { personId: person.id, name: newName }) : person;
      },
      (person) =>
        person.name === null
          ? translator.t('done.movedNew', { count: faceIds.length })
          : translator.t('done.moved', { count: faceIds.length, name: person.name }),
      isNaming ? 2 : 1,
    );
  }

  undo(count = 1): Promise<Outcome<readonly JournalEntry[]>> {
    return this.steps.undo(count);
  }

  redo(count = 1): Promise<Outcome<readonly JournalEntry[]>> {
    return this.steps.redo(count);
  }

  /** Says what went wrong with something that is not an action itself. @param retry does it again */
  reportError(error: unknown, retry: (() => void) | null = null): void {
    this.steps.reportError(error, retry);
  }

  #performOnFaces(
    faceIds: readonly FaceId[],
    message: 'done.confirmed' | 'done.rejected' | 'done.facesIgnored' | 'done.facesRestored',
    work: () => Promise<void>,
  ): Promise<Outcome<void>> {
    return this.steps.perform(work, () => this.#options.translator.t(message, { count: faceIds.length }));
  }
}
