/** The person, the photo and the questions that are on screen, and what is done to them from wherever the user is. */

import { SvelteSet } from 'svelte/reactivity';
import type { KindredApi } from '../../electron/api/contract.ts';
import type { FaceId, PersonId, PhotoId } from '../../electron/base/ids.ts';
import type { Actions } from '../actions/actions.svelte.ts';
import type { ClusterActions } from '../actions/cluster-actions.ts';
import type { PeopleState } from '../people/people.svelte.ts';
import { PersonState } from '../person/person.svelte.ts';
import { PhotoState } from '../photo/photo.svelte.ts';
import { ReviewState } from '../review/review.svelte.ts';
import type { Router } from './router.svelte.ts';

export interface OpenViewsOptions {
  readonly api: KindredApi;
  readonly actions: Actions;
  readonly clusterActions: ClusterActions;
  readonly router: Router;
  readonly people: PeopleState;
}

export class OpenViews {
  person = $state.raw<PersonState | null>(null);
  photo = $state.raw<PhotoState | null>(null);
  /** The questions on screen. */
  review = $state.raw<ReviewState>() as ReviewState;
  /** The questions about the whole library, whose number stands in the header. */
  readonly libraryReview: ReviewState;
  /** Whose warning that they may be several the user has put away. */
  readonly toldNotMixed = new SvelteSet<PersonId>();
  readonly #options: OpenViewsOptions;

  constructor(options: OpenViewsOptions) {
    this.#options = options;
    this.libraryReview = new ReviewState(options.api, options.clusterActions, null);
    this.review = this.libraryReview;
  }

  /** The same state stays as long as the person does. */
  openPerson(personId: PersonId): PersonState {
    if (this.person?.personId === personId) {
      // Whatever changed while it was off the screen went unheard.
      void this.person.refresh();
      return this.person;
    }
    const { api, actions, router } = this.#options;
    const person = new PersonState(api, actions, personId, (forwarded) => {
      if (router.route.view === 'person' && this.person === person) router.replace({ view: 'person', personId: forwarded });
    });
    this.person = person;
    void person.load();
    return person;
  }

  openPhoto(photoId: PhotoId, personId: PersonId | null, faceId: FaceId | null): PhotoState {
    if (this.photo !== null && this.photo.personId === personId) {
      void this.photo.show(photoId, faceId);
      return this.photo;
    }
    const { api, actions, clusterActions } = this.#options;
    const photo = new PhotoState({ api, actions, clusterActions, photoId, personId });
    photo.focusedFaceId = faceId;
    this.photo = photo;
    void photo.load();
    return photo;
  }

  openReview(personId: PersonId | null): ReviewState {
    const { api, clusterActions } = this.#options;
    if (personId === null) this.review = this.libraryReview;
    else if (this.review.personId !== personId) this.review = new ReviewState(api, clusterActions, personId);
    void this.review.refresh();
    return this.review;
  }

  /** After the person on screen has become another one: split, compared anew, born later. */
  async refreshPerson(): Promise<void> {
    await this.person?.refresh();
    await this.person?.checkMixture();
  }

  /** From whatever view is open, so that the faces vanish there at once. */
  async moveFaces(faceIds: readonly FaceId[], personId: PersonId | null, newName: string | null): Promise<void> {
    const { actions, router } = this.#options;
    const { view } = router.route;
    const [only] = faceIds;
    if (view === 'person' && this.person !== null) await this.person.moveFaces(faceIds, personId, newName);
    else if (view === 'photo' && this.photo !== null && only !== undefined) await this.photo.moveFace(only, personId, newName);
    else await actions.moveFaces(faceIds, personId, newName);
  }

  /** From the grid, or from a person's own view, which then follows to where the person went. */
  async mergeInto(target: PersonId, source: PersonId): Promise<void> {
    const { actions, people, router } = this.#options;
    if (router.route.view !== 'person') {
      await people.merge(target, [source]);
      return;
    }
    const outcome = await actions.mergePeople(target, [source]);
    if (outcome.isDone) router.replace({ view: 'person', personId: outcome.value.person.id });
  }
}
