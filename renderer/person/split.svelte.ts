/** Splitting one person: the proposed groups, faces moved between them, and the split itself as one action. */

import type { KindredApi } from '../../electron/api/contract.ts';
import type { PersonSummary } from '../../electron/api/schemas.ts';
import type { AppError } from '../../electron/base/errors.ts';
import type { FaceId } from '../../electron/base/ids.ts';
import type { ClusterActions } from '../actions/cluster-actions.ts';
import { toAppError } from '../ui/errors.ts';
import { Selection } from '../ui/selection.svelte.ts';

/** Where faces go: a group by its position, or one that is not there yet. */
export type SplitTarget = number | 'new';

export class SplitState {
  readonly person: PersonSummary;
  /** The first is whom the person stays; empty until the proposal has come. */
  groups = $state.raw<readonly (readonly FaceId[])[]>([]);
  readonly selection = new Selection<FaceId>();
  error = $state.raw<AppError | null>(null);
  isLoading = $state(true);
  isBusy = $state(false);
  /** Over which group dragged faces are held. */
  dropTarget = $state<SplitTarget | null>(null);
  readonly #api: KindredApi;
  readonly #actions: ClusterActions;

  constructor(api: KindredApi, actions: ClusterActions, person: PersonSummary) {
    this.#api = api;
    this.#actions = actions;
    this.person = person;
  }

  async load(): Promise<void> {
    this.isLoading = true;
    try {
      const { groups } = await this.#api.call('people.proposeSplit', { personId: this.person.id });
      this.groups = groups.map(({ faceIds }) => faceIds);
      this.error = null;
    } catch (error) {
      this.error = toAppError(error);
    } finally {
      this.isLoading = false;
    }
  }

  get canSplit(): boolean {
    return this.groups.length > 1 && !this.isBusy;
  }

  /** All faces in the order they stand on screen. */
  get order(): readonly FaceId[] {
    return this.groups.flat();
  }

  toggle(faceId: FaceId, isRange: boolean): void {
    const { order } = this;
    const index = order.indexOf(faceId);
    if (isRange) this.selection.extendTo(index, (position) => order[position]);
    else this.selection.toggle(faceId, index);
  }

  selectGroup(index: number): void {
    const group = this.groups[index] ?? [];
    if (group.every((faceId) => this.selection.has(faceId))) this.selection.remove(group);
    else for (const faceId of group) this.selection.ids.add(faceId);
  }

  /** What a key or a drag means: the selection where the face is part of it or there is one, else the face. */
  targetsOf(faceId: FaceId | null, isDrag = false): readonly FaceId[] {
    const isSelected = faceId !== null && this.selection.has(faceId);
    if (this.selection.size > 0 && (isSelected || !isDrag)) return this.order.filter((id) => this.selection.has(id));
    return faceId === null ? [] : [faceId];
  }

  /** Groups that are left empty vanish, but for the first, whom the person stays. */
  move(faceIds: readonly FaceId[], target: SplitTarget): void {
    const moved = new Set(faceIds);
    if (moved.size === 0 || (target !== 'new' && this.groups[target] === undefined)) return;
    const groups = this.groups.map((group, index) =>
      index === target
        ? [...group, ...faceIds.filter((faceId) => !group.includes(faceId))]
        : group.filter((faceId) => !moved.has(faceId)),
    );
    if (target === 'new') groups.push([...faceIds]);
    this.groups = groups.filter((group, index) => index === 0 || group.length > 0);
    this.selection.clear();
  }

  /** Its faces stay with the person. */
  removeGroup(index: number): void {
    if (index > 0) this.move(this.groups[index] ?? [], 0);
  }

  /** @returns whether it was done */
  async apply(): Promise<boolean> {
    if (!this.canSplit) return false;
    this.isBusy = true;
    try {
      // Were the first empty, the next would be whom the person stays.
      const [, ...leaving] = this.groups.filter((group) => group.length > 0);
      if (leaving.length === 0) return false;
      return (await this.#actions.splitPerson(this.person.id, leaving)).isDone;
    } finally {
      this.isBusy = false;
    }
  }
}
