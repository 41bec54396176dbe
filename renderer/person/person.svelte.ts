/** One person: the faces in it, which are selected, and what is done to them; shown at once, put right if refused. */

import type { KindredApi } from '../../electron/api/contract.ts';
import type { FaceSummary, PersonSummary } from '../../electron/api/schemas.ts';
import type { AppError } from '../../electron/base/errors.ts';
import type { FaceId, PersonId } from '../../electron/base/ids.ts';
import type { Actions } from '../actions/actions.svelte.ts';
import { toAppError } from '../ui/errors.ts';
import { GridCursor } from '../ui/grid-cursor.svelte.ts';
import { PagedList } from '../ui/paged-list.svelte.ts';
import type { PageSource } from '../ui/paged-list.svelte.ts';
import { Selection } from '../ui/selection.svelte.ts';
import type { Outcome } from '../actions/steps.svelte.ts';

export const faceOrders = ['time', 'doubtful'] as const;
export type FaceOrder = (typeof faceOrders)[number];

/** A face of the person, and in the order of doubt how probably it is one. */
export interface PersonFace extends FaceSummary {
  readonly fit: number | null;
}

/** Below it a face is more likely somebody else's. */
const doubtfulFit = 0.5;
/** From it on the user is told that a person may be two. */
const mixedProbability = 0.5;

export function isDoubtful({ fit, isConfirmed }: PersonFace): boolean {
  return fit !== null && fit < doubtfulFit && !isConfirmed;
}

export class PersonState {
  personId = $state<PersonId>() as PersonId;
  person = $state.raw<PersonSummary | null>(null);
  error = $state.raw<AppError | null>(null);
  readonly faces: PagedList<PersonFace>;
  order = $state<FaceOrder>('time');
  /** Whether there seem to be several people among the faces. */
  isMixed = $state(false);
  readonly selection = new Selection<FaceId>();
  readonly cursor = new GridCursor();
  isEditingName = $state(false);
  isSelectingAll = $state(false);
  scrollOffset = 0;
  readonly #api: KindredApi;
  readonly #actions: Actions;
  /** Called where the id asked for has been merged into another. */
  readonly #onForwarded: (personId: PersonId) => void;

  constructor(
    api: KindredApi,
    actions: Actions,
    personId: PersonId,
    onForwarded: (personId: PersonId) => void = () => undefined,
  ) {
    this.#api = api;
    this.#actions = actions;
    this.personId = personId;
    this.#onForwarded = onForwarded;
    this.faces = new PagedList(this.#sourceOf('time'));
  }

  async load(): Promise<void> {
    await Promise.all([this.#loadPerson(), this.faces.show(0, 0)]);
    await this.checkMixture();
  }

  /** Takes a while in a large library, so the faces do not wait for it, and silence is an answer too. */
  async checkMixture(): Promise<void> {
    const { personId } = this;
    try {
      const { groups, probability } = await this.#api.call('people.proposeSplit', { personId });
      this.isMixed = groups.length > 1 && probability >= mixedProbability;
    } catch {
      this.isMixed = false;
    }
  }

  async show(order: FaceOrder): Promise<void> {
    if (order === this.order) return;
    this.order = order;
    this.selection.clear();
    this.cursor.index = 0;
    this.scrollOffset = 0;
    await this.faces.reset(this.#sourceOf(order));
  }

  async refresh(): Promise<void> {
    const before = this.faces.total;
    await Promise.all([this.#loadPerson(), this.faces.refresh()]);
    const { total } = this.faces;
    if (before !== null && total !== before) void this.checkMixture();
    if (total !== null) this.cursor.clampTo(total);
    if (total !== null && this.faces.items.every((face) => face !== undefined)) {
      this.selection.keepOnly(new Set(this.faces.items.flatMap((face) => (face === undefined ? [] : [face.id]))));
    }
  }

  /** The selected faces, else the one the cursor stands on. */
  get targets(): readonly FaceId[] {
    if (this.selection.size > 0) return [...this.selection.ids];
    const face = this.faces.items[this.cursor.index];
    return face === undefined ? [] : [face.id];
  }

  async selectAll(): Promise<void> {
    if (this.isSelectingAll) return;
    this.isSelectingAll = true;
    try {
      this.selection.replace((await this.faces.loadAll()).map((face) => face.id));
    } catch (error) {
      this.#actions.reportError(error);
    } finally {
      this.isSelectingAll = false;
    }
  }

  async confirm(faceIds: readonly FaceId[]): Promise<void> {
    if (faceIds.length === 0) return;
    const confirmed = new Set(faceIds);
    const added = this.faces.items.filter((face) => face !== undefined && confirmed.has(face.id) && !face.isConfirmed).length;
    if (this.person !== null) this.person = { ...this.person, confirmedCount: this.person.confirmedCount + added };
    this.faces.update(
      (face) => confirmed.has(face.id),
      (face) => ({ ...face, isConfirmed: true }),
    );
    this.selection.clear();
    await this.#settle(this.#actions.confirmFaces(faceIds));
  }

  /** Every face, also those not fetched yet. */
  async confirmAll(): Promise<void> {
    try {
      const faces = await this.faces.loadAll();
      await this.confirm(faces.filter((face) => !face.isConfirmed).map((face) => face.id));
    } catch (error) {
      this.#actions.reportError(error);
    }
  }

  reject(faceIds: readonly FaceId[]): Promise<void> {
    return this.#takeAway(faceIds, () => this.#actions.rejectFaces(faceIds));
  }

  ignoreFaces(faceIds: readonly FaceId[]): Promise<void> {
    return this.#takeAway(faceIds, () => this.#actions.ignoreFaces(faceIds));
  }

  moveFaces(faceIds: readonly FaceId[], personId: PersonId | null, newName: string | null = null): Promise<void> {
    return this.#takeAway(faceIds, () => this.#actions.moveFaces(faceIds, personId, newName));
  }

  async chooseCover(faceId: FaceId): Promise<void> {
    if (this.person !== null) this.person = { ...this.person, coverFaceId: faceId, coverPictureNumber: null, isCoverChosen: true };
    this.selection.clear();
    await this.#settle(this.#actions.chooseCover(this.personId, faceId));
  }

  showPerson(person: PersonSummary): void {
    this.person = person;
  }

  #sourceOf(order: FaceOrder): PageSource<PersonFace> {
    if (order === 'time') {
      return async ({ offset, limit }) => {
        const { total, faces } = await this.#api.call('faces.list', { offset, limit, personId: this.personId });
        return { total, items: faces.map((face) => ({ ...face, fit: null })) };
      };
    }
    return async ({ offset, limit }) => {
      const { total, faces } = await this.#api.call('people.listOutliers', { offset, limit, personId: this.personId });
      return { total, items: faces.map(({ face, fit }) => ({ ...face, fit })) };
    };
  }

  /** The cursor keeps its position, so that the next face comes under it and nothing jumps. */
  async #takeAway<Value>(faceIds: readonly FaceId[], act: () => Promise<Outcome<Value>>): Promise<void> {
    if (faceIds.length === 0) return;
    const gone = new Set(faceIds);
    const release = this.faces.hold();
    const taken = this.faces.items.filter((face) => face !== undefined && gone.has(face.id));
    const confirmedCount = taken.filter((face) => face?.isConfirmed === true).length;
    this.faces.remove((face) => gone.has(face.id));
    if (this.person !== null) {
      const { person } = this;
      this.person = { ...person, faceCount: person.faceCount - taken.length, confirmedCount: person.confirmedCount - confirmedCount };
    }
    this.selection.remove(gone);
    this.cursor.clampTo(this.faces.total ?? 0);
    try {
      await this.#settle(act());
    } finally {
      release();
    }
  }

  async #settle<Value>(outcome: Promise<Outcome<Value>>): Promise<void> {
    const settled = await outcome;
    if (!settled.isDone) void this.refresh();
  }

  async #loadPerson(): Promise<void> {
    try {
      const person = await this.#api.call('people.get', { personId: this.personId });
      this.person = person;
      this.error = null;
      if (person.id !== this.personId) {
        this.personId = person.id;
        await this.faces.refresh();
        this.#onForwarded(person.id);
      }
    } catch (error) {
      this.error = toAppError(error);
    }
  }
}
