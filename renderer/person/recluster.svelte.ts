/** Comparing one person's faces anew: who would leave and who would come in, and what of it the user keeps. */

import { SvelteSet } from 'svelte/reactivity';
import type { KindredApi } from '../../electron/api/contract.ts';
import type { PersonSummary, ReclusterPreview } from '../../electron/api/schemas.ts';
import type { AppError } from '../../electron/base/errors.ts';
import type { FaceId } from '../../electron/base/ids.ts';
import type { ClusterActions } from '../actions/cluster-actions.ts';
import { toAppError } from '../ui/errors.ts';

export const reclusterSides = ['leaving', 'joining'] as const;
export type ReclusterSide = (typeof reclusterSides)[number];
export type Tick = 'all' | 'some' | 'none';

export class ReclusterState {
  readonly person: PersonSummary;
  preview = $state.raw<ReclusterPreview | null>(null);
  error = $state.raw<AppError | null>(null);
  isBusy = $state(false);
  readonly #ticked = new SvelteSet<FaceId>();
  readonly #api: KindredApi;
  readonly #actions: ClusterActions;

  constructor(api: KindredApi, actions: ClusterActions, person: PersonSummary) {
    this.#api = api;
    this.#actions = actions;
    this.person = person;
  }

  /** Everything is ticked at first. */
  async load(): Promise<void> {
    this.error = null;
    try {
      const preview = await this.#api.call('people.previewRecluster', { personId: this.person.id });
      this.#ticked.clear();
      for (const { faceIds } of [...preview.leaving, ...preview.joining]) {
        for (const faceId of faceIds) this.#ticked.add(faceId);
      }
      this.preview = preview;
    } catch (error) {
      this.error = toAppError(error);
    }
  }

  /** Whether the engine has found nothing to change. */
  get isUnchanged(): boolean {
    return this.preview !== null && this.groups('leaving').length === 0 && this.groups('joining').length === 0;
  }

  groups(side: ReclusterSide): readonly (readonly FaceId[])[] {
    return this.preview?.[side].map(({ faceIds }) => faceIds) ?? [];
  }

  isTicked(faceId: FaceId): boolean {
    return this.#ticked.has(faceId);
  }

  tickOf(group: readonly FaceId[]): Tick {
    const count = group.filter((faceId) => this.#ticked.has(faceId)).length;
    if (count === 0) return 'none';
    return count === group.length ? 'all' : 'some';
  }

  toggle(faceId: FaceId): void {
    if (!this.#ticked.delete(faceId)) this.#ticked.add(faceId);
  }

  toggleGroup(group: readonly FaceId[]): void {
    const isTicking = this.tickOf(group) !== 'all';
    for (const faceId of group) {
      if (isTicking) this.#ticked.add(faceId);
      else this.#ticked.delete(faceId);
    }
  }

  count(side: ReclusterSide): number {
    return this.groups(side).flat().filter((faceId) => this.#ticked.has(faceId)).length;
  }

  get canApply(): boolean {
    return !this.isBusy && this.count('leaving') + this.count('joining') > 0;
  }

  /** @returns whether it was done */
  async apply(): Promise<boolean> {
    if (!this.canApply) return false;
    const kept = (side: ReclusterSide): FaceId[][] =>
      this.groups(side)
        .map((group) => group.filter((faceId) => this.#ticked.has(faceId)))
        .filter((group) => group.length > 0);
    this.isBusy = true;
    try {
      const choice = { leaving: kept('leaving'), joining: kept('joining').flat() };
      return (await this.#actions.reclusterPerson(this.person.id, choice)).isDone;
    } finally {
      this.isBusy = false;
    }
  }
}
