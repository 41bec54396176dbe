/** One photo with its faces: which face is in focus, how far it is zoomed, and the photos before and after. */

import type { KindredApi } from '../../electron/api/contract.ts';
import type { FaceSummary, PhotoDetail } from '../../electron/api/schemas.ts';
import type { AppError } from '../../electron/base/errors.ts';
import type { FaceId, PersonId, PhotoId } from '../../electron/base/ids.ts';
import type { Actions } from '../actions/actions.svelte.ts';
import type { ClusterActions } from '../actions/cluster-actions.ts';
import { toAppError } from '../ui/errors.ts';
import { PagedList } from '../ui/paged-list.svelte.ts';

export const zoomSteps = [1, 1.5, 2, 3, 4] as const;

export interface PhotoNeighbours {
  readonly previous: PhotoId | null;
  readonly next: PhotoId | null;
  /** From 1. */
  readonly position: number;
  readonly total: number;
}

export interface PhotoStateOptions {
  readonly api: KindredApi;
  readonly actions: Actions;
  readonly clusterActions: ClusterActions;
  readonly photoId: PhotoId;
  readonly personId: PersonId | null;
}

export class PhotoState {
  photoId = $state<PhotoId>() as PhotoId;
  /** Prev and next stay among this person's photos. */
  readonly personId: PersonId | null;
  photo = $state.raw<PhotoDetail | null>(null);
  error = $state.raw<AppError | null>(null);
  neighbours = $state.raw<PhotoNeighbours | null>(null);
  focusedFaceId = $state<FaceId | null>(null);
  editingFaceId = $state<FaceId | null>(null);
  areBoxesShown = $state(true);
  zoom = $state<number>(1);
  readonly #api: KindredApi;
  readonly #actions: Actions;
  readonly #clusterActions: ClusterActions;
  readonly #order: PagedList<PhotoId>;

  constructor({ api, actions, clusterActions, photoId, personId }: PhotoStateOptions) {
    this.#api = api;
    this.#actions = actions;
    this.#clusterActions = clusterActions;
    this.photoId = photoId;
    this.personId = personId;
    this.#order = new PagedList(
      async (page) => {
        const { total, photoIds } = await api.call('photos.list', { ...page, personId });
        return { total, items: photoIds };
      },
      { pageSize: 1000 },
    );
  }

  /** Left to right, as a reader's eye goes over the picture. */
  get faces(): readonly FaceSummary[] {
    return [...(this.photo?.faces ?? [])].sort((one, other) => (one.box?.x ?? Infinity) - (other.box?.x ?? Infinity));
  }

  /** Faces of people without a name, who can be set aside in one go. */
  get strangers(): readonly FaceSummary[] {
    return this.faces.filter(({ personName, isIgnored }) => personName === null && !isIgnored);
  }

  async load(): Promise<void> {
    await Promise.all([this.#loadPhoto(), this.#findNeighbours()]);
  }

  async show(photoId: PhotoId, faceId: FaceId | null = null): Promise<void> {
    this.focusedFaceId = faceId;
    if (photoId === this.photoId && this.photo !== null) {
      // Whatever changed while it was off the screen went unheard.
      await this.refresh();
      return;
    }
    this.photoId = photoId;
    this.editingFaceId = null;
    this.zoom = 1;
    await this.load();
  }

  async refresh(): Promise<void> {
    await Promise.all([this.#loadPhoto(), this.#order.refresh().then(() => this.#findNeighbours())]);
  }

  startNaming(faceId: FaceId): void {
    this.focusedFaceId = faceId;
    this.editingFaceId = faceId;
  }

  zoomBy(direction: 1 | -1): void {
    const index = zoomSteps.findIndex((step) => step >= this.zoom);
    this.zoom = zoomSteps[Math.max(0, Math.min(zoomSteps.length - 1, index + direction))] ?? 1;
  }

  async confirm(faceId: FaceId): Promise<void> {
    this.#updateFace(faceId, (face) => ({ ...face, isConfirmed: true }));
    if (!(await this.#actions.confirmFaces([faceId])).isDone) await this.#loadPhoto();
  }

  async reject(faceId: FaceId): Promise<void> {
    this.#updateFace(faceId, (face) => ({ ...face, personName: null, isConfirmed: false }));
    if (!(await this.#actions.rejectFaces([faceId])).isDone) await this.#loadPhoto();
  }

  async setIgnored(faceId: FaceId, isIgnored: boolean): Promise<void> {
    this.#updateFace(faceId, (face) => ({ ...face, isIgnored }));
    const { isDone } = await (isIgnored ? this.#actions.ignoreFaces([faceId]) : this.#actions.restoreFaces([faceId]));
    if (!isDone) await this.#loadPhoto();
  }

  /** "Nobody else here matters." */
  async ignoreStrangers(): Promise<void> {
    const strangers = new Set(this.strangers.map(({ id }) => id));
    if (strangers.size === 0 || this.photo === null) return;
    const faces = this.photo.faces.map((face) => (strangers.has(face.id) ? { ...face, isIgnored: true } : face));
    this.photo = { ...this.photo, faces };
    if (!(await this.#clusterActions.ignoreStrangersIn(this.photoId)).isDone) await this.#loadPhoto();
  }

  async moveFace(faceId: FaceId, personId: PersonId | null, newName: string | null = null): Promise<void> {
    const outcome = await this.#actions.moveFaces([faceId], personId, newName);
    if (!outcome.isDone) return await this.#loadPhoto();
    const { id, name } = outcome.value.person;
    this.#updateFace(faceId, (face) => ({ ...face, personId: id, personName: name, isConfirmed: true }));
  }

  showName(personId: PersonId, name: string | null): void {
    if (this.photo === null) return;
    const faces = this.photo.faces.map((face) => (face.personId === personId ? { ...face, personName: name } : face));
    this.photo = { ...this.photo, faces };
  }

  #updateFace(faceId: FaceId, change: (face: FaceSummary) => FaceSummary): void {
    if (this.photo === null) return;
    this.photo = { ...this.photo, faces: this.photo.faces.map((face) => (face.id === faceId ? change(face) : face)) };
  }

  async #loadPhoto(): Promise<void> {
    const { photoId } = this;
    try {
      const photo = await this.#api.call('photos.get', { photoId });
      if (photoId !== this.photoId) return;
      this.photo = photo;
      this.error = null;
    } catch (error) {
      if (photoId === this.photoId) this.error = toAppError(error);
    }
  }

  /** Reads the order of photos page by page until this one turns up. */
  async #findNeighbours(): Promise<void> {
    const { photoId } = this;
    let index = this.#order.items.indexOf(photoId);
    for (let offset = 0; index < 0; offset += 1000) {
      await this.#order.show(offset, offset + 999);
      if (photoId !== this.photoId) return;
      index = this.#order.items.indexOf(photoId);
      if (this.#order.error !== null || offset + 1000 >= (this.#order.total ?? 0)) break;
    }
    if (index < 0) {
      this.neighbours = null;
      return;
    }
    await this.#order.show(Math.max(0, index - 1), index + 1);
    if (photoId !== this.photoId) return;
    this.neighbours = {
      previous: this.#order.items[index - 1] ?? null,
      next: this.#order.items[index + 1] ?? null,
      position: index + 1,
      total: this.#order.total ?? 0,
    };
  }
}
