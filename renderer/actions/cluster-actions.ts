/** What a user does to whole clusters: answers questions, splits, compares anew, sets strangers aside. */

import type { KindredApi, Result } from '../../electron/api/contract.ts';
import type { ReviewAnswer } from '../../electron/api/schemas.ts';
import type { FaceId, JournalEntryId, PersonId, PhotoId } from '../../electron/base/ids.ts';
import type { Translator } from '../i18n/translator.svelte.ts';
import type { Outcome, Steps } from './steps.svelte.ts';

export interface ClusterActionsOptions {
  readonly api: KindredApi;
  readonly steps: Steps;
  readonly translator: Translator;
}

/** What the user kept of a preview. */
export interface ReclusterChoice {
  readonly leaving: readonly (readonly FaceId[])[];
  readonly joining: readonly FaceId[];
}

export class ClusterActions {
  readonly #api: KindredApi;
  readonly #steps: Steps;
  readonly #translator: Translator;

  constructor({ api, steps, translator }: ClusterActionsOptions) {
    this.#api = api;
    this.#steps = steps;
    this.#translator = translator;
  }

  /** Says nothing where it succeeds: the next question is the answer to an answer. */
  answerQuestion(first: PersonId, second: PersonId, answer: ReviewAnswer): Promise<Outcome<JournalEntryId | null>> {
    return this.#steps.performQuietly(() => this.#api.call('review.answer', { first, second, answer }), { people: [first, second] });
  }

  /** Says nothing either: the question is back.
   *  @returns whether it was taken back; not where something newer builds on it */
  async undoAnswer(entryId: JournalEntryId): Promise<boolean> {
    const outcome = await this.#steps.take('undo', [entryId], { isQuiet: true });
    return outcome.isDone && outcome.value.length > 0;
  }

  splitPerson(
    personId: PersonId,
    groups: readonly (readonly FaceId[])[],
  ): Promise<Outcome<Result<'people.split'>>> {
    return this.#steps.perform(
      () => this.#api.call('people.split', { personId, groups: groups.map((group) => [...group]) }),
      ({ people }) => this.#translator.t('done.split', { count: people.length + 1 }),
    );
  }

  reclusterPerson(personId: PersonId, { leaving, joining }: ReclusterChoice): Promise<Outcome<Result<'people.recluster'>>> {
    const facesOut = leaving.flat().length;
    return this.#steps.perform(
      () =>
        this.#api.call('people.recluster', {
          personId,
          leaving: leaving.map((group) => [...group]),
          joining: [...joining],
        }),
      () => this.#translator.t('done.reclustered', { out: facesOut, in: joining.length }),
    );
  }

  /** @param born as far as it is known; null takes it away */
  setBorn(personId: PersonId, born: string | null): Promise<Outcome<Result<'people.setBorn'>>> {
    return this.#steps.perform(
      () => this.#api.call('people.setBorn', { personId, born }),
      ({ facesOut }) =>
        born === null
          ? this.#translator.t('done.bornRemoved')
          : this.#translator.t('done.born', { date: this.#translator.partialDate(born), count: facesOut }),
    );
  }

  ignoreStrangers(maxFaces: number): Promise<Outcome<Result<'people.ignoreStrangers'>>> {
    return this.#steps.perform(
      () => this.#api.call('people.ignoreStrangers', { maxFaces }),
      ({ people }) => this.#translator.t('done.strangers', { count: people }),
    );
  }

  ignoreStrangersIn(photoId: PhotoId): Promise<Outcome<Result<'photos.ignoreStrangers'>>> {
    return this.#steps.perform(
      () => this.#api.call('photos.ignoreStrangers', { photoId }),
      ({ faces }) => this.#translator.t('done.facesAside', { count: faces }),
    );
  }

  /** Compares all faces anew, behind the user's back; what comes of it shows in the lists. */
  async reclusterAll(): Promise<boolean> {
    const outcome = await this.#steps.attempt(() => this.#api.call('people.reclusterAll', {}));
    return outcome.isDone;
  }
}
