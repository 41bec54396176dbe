/** Saying who a face in a photo is. */

import type { KindredApi } from '../../electron/api/contract.ts';
import type { FaceSummary, PersonSummary } from '../../electron/api/schemas.ts';
import type { Actions } from '../actions/actions.svelte.ts';
import { NameCompletion } from '../naming/name-completion.svelte.ts';
import type { Naming } from '../naming/naming.svelte.ts';
import type { PhotoState } from './photo.svelte.ts';

export class PhotoNaming {
  readonly #api: KindredApi;
  readonly #actions: Actions;
  readonly #naming: Naming;

  constructor(api: KindredApi, actions: Actions, naming: Naming) {
    this.#api = api;
    this.#actions = actions;
    this.#naming = naming;
  }

  /**
   * A person without a name gets one. Where the person has another name already, or there is none, the name is that of
   * someone else, and the face alone goes there.
   */
  async nameFace(photo: PhotoState, face: FaceSummary, text: string): Promise<void> {
    const name = text.trim();
    if (name === '' || name === face.personName) return;
    try {
      if (face.personId !== null && face.personName === null) {
        const person = await this.#api.call('people.get', { personId: face.personId });
        await this.#naming.submitName({ person, faceId: face.id }, name);
      } else {
        const known = await new NameCompletion(this.#api).findSameName(name);
        await photo.moveFace(face.id, known?.id ?? null, known === null ? name : null);
      }
    } catch (error) {
      this.#actions.reportError(error);
    }
    await photo.refresh();
  }

  /** The user picked a known person out of the completions. */
  async chooseKnown(photo: PhotoState, face: FaceSummary, known: PersonSummary): Promise<void> {
    if (face.personId === null || face.personName !== null) {
      await photo.moveFace(face.id, known.id);
      return;
    }
    try {
      const person = await this.#api.call('people.get', { personId: face.personId });
      await this.#naming.chooseKnown({ person, faceId: face.id }, known);
    } catch (error) {
      this.#actions.reportError(error);
    }
    await photo.refresh();
  }
}
