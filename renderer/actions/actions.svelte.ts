/** What a user does to people and faces, from any view. */

import type { ActionMethod, Params, Result } from '../../electron/api/contract.ts';
import type { JournalEntry, PersonSummary } from '../../electron/api/schemas.ts';
import type { FaceId, PersonId } from '../../electron/base/ids.ts';
import type { Touched } from './own-changes.ts';
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

  namePerson(personId: PersonId, name: string | null): Promise<Outcome<Result<'people.name'>>> {
    const { translator } = this.#options;
    return this.#act('people.name', { personId, name }, ({ person }) =>
      person.name === null ? translator.t('done.unnamed') : translator.t('done.named', { name: person.name }),
      { people: [personId] },
    );
  }

  mergePeople(target: PersonId, sources: readonly PersonId[]): Promise<Outcome<Result<'people.merge'>>> {
    const { translator } = this.#options;
    return this.#act('people.merge', { target, sources: [...sources] }, ({ person }) =>
      person.name === null ? translator.t('done.mergedUnnamed') : translator.t('done.merged', { name: person.name }),
      { people: [target, ...sources] },
    );
  }

  ignorePeople(people: readonly NamedPerson[]): Promise<Outcome<Result<'people.ignore'>>> {
    const { translator } = this.#options;
    return this.#act('people.ignore', { personIds: people.map(({ id }) => id) }, () => {
      const [only] = people;
      return people.length === 1 && only !== undefined
        ? translator.t('done.ignored', { name: translator.personName(only.name) })
        : translator.t('done.ignoredPeople', { count: people.length });
    }, { people: people.map(({ id }) => id) });
  }

  restorePerson(person: NamedPerson): Promise<Outcome<Result<'people.restore'>>> {
    const { translator } = this.#options;
    return this.#act('people.restore', { personIds: [person.id] }, () =>
      translator.t('done.restored', { name: translator.personName(person.name) }),
      { people: [person.id] },
    );
  }

  chooseCover(personId: PersonId, faceId: FaceId): Promise<Outcome<Result<'people.chooseCover'>>> {
    return this.#act('people.chooseCover', { personId, faceId }, () => this.#options.translator.t('done.cover'), { people: [personId] });
  }

  confirmFaces(faceIds: readonly FaceId[]): Promise<Outcome<Result<'faces.confirm'>>> {
    return this.#actOnFaces('faces.confirm', faceIds, 'done.confirmed');
  }

  rejectFaces(faceIds: readonly FaceId[]): Promise<Outcome<Result<'faces.reject'>>> {
    return this.#actOnFaces('faces.reject', faceIds, 'done.rejected');
  }

  ignoreFaces(faceIds: readonly FaceId[]): Promise<Outcome<Result<'faces.ignore'>>> {
    return this.#actOnFaces('faces.ignore', faceIds, 'done.facesIgnored');
  }

  restoreFaces(faceIds: readonly FaceId[]): Promise<Outcome<Result<'faces.restore'>>> {
    return this.#actOnFaces('faces.restore', faceIds, 'done.facesRestored');
  }

  /** @param newName what a new person is called */
  moveFaces(
    faceIds: readonly FaceId[],
    personId: PersonId | null,
    newName: string | null = null,
  ): Promise<Outcome<Result<'faces.move'>>> {
    const { translator } = this.#options;
    const name = personId === null ? newName : null;
    return this.#act('faces.move', { faceIds: [...faceIds], personId, name }, ({ person }) =>
      person.name === null
        ? translator.t('done.movedNew', { count: faceIds.length })
        : translator.t('done.moved', { count: faceIds.length, name: person.name }),
      { faces: faceIds },
    );
  }

  undo(): Promise<Outcome<readonly JournalEntry[]>> {
    return this.steps.takeLast('undo');
  }

  redo(): Promise<Outcome<readonly JournalEntry[]>> {
    return this.steps.takeLast('redo');
  }

  /** Says what went wrong with something that is not an action itself. @param retry does it again */
  reportError(error: unknown, retry: (() => void) | null = null): void {
    this.steps.reportError(error, retry);
  }

  #act<M extends ActionMethod>(
    method: M,
    params: Params<M>,
    describe: (result: Result<M>) => string,
    touched: Touched,
  ): Promise<Outcome<Result<M>>> {
    return this.steps.perform(() => this.#options.api.call(method, params), describe, touched);
  }

  #actOnFaces<M extends 'faces.confirm' | 'faces.reject' | 'faces.ignore' | 'faces.restore'>(
    method: M,
    faceIds: readonly FaceId[],
    message: 'done.confirmed' | 'done.rejected' | 'done.facesIgnored' | 'done.facesRestored',
  ): Promise<Outcome<Result<M>>> {
    return this.#act(method, { faceIds: [...faceIds] } as Params<M>, () =>
      this.#options.translator.t(message, { count: faceIds.length }),
      { faces: faceIds },
    );
  }
}
