/** Setting everybody aside who is seen only once or a few times and has no name: how many that are, and doing it. */

import type { KindredApi } from '../../electron/api/contract.ts';
import type { AppError } from '../../electron/base/errors.ts';
import type { ClusterActions } from '../actions/cluster-actions.ts';
import { toAppError } from '../ui/errors.ts';

export const strangerSizes = [1, 2, 3, 5, 10] as const;
export type StrangerSize = (typeof strangerSizes)[number];

export interface StrangerCount {
  readonly people: number;
  readonly faces: number;
}

export class StrangersState {
  /** No more faces than these make a stranger. */
  size = $state<StrangerSize>(1);
  /** By size; empty until the engine has counted. */
  counts = $state.raw<ReadonlyMap<StrangerSize, StrangerCount>>(new Map());
  error = $state.raw<AppError | null>(null);
  isBusy = $state(false);
  readonly #api: KindredApi;
  readonly #actions: ClusterActions;

  constructor(api: KindredApi, actions: ClusterActions) {
    this.#api = api;
    this.#actions = actions;
  }

  async load(): Promise<void> {
    this.error = null;
    try {
      const count = async (maxFaces: StrangerSize): Promise<[StrangerSize, StrangerCount]> => [
        maxFaces,
        await this.#api.call('people.countStrangers', { maxFaces }),
      ];
      this.counts = new Map(await Promise.all(strangerSizes.map(count)));
    } catch (error) {
      this.error = toAppError(error);
    }
  }

  /** Null until the engine has counted. */
  get count(): StrangerCount | null {
    return this.counts.get(this.size) ?? null;
  }

  get canApply(): boolean {
    return !this.isBusy && this.count !== null && this.count.people > 0;
  }

  choose(size: number): void {
    this.size = strangerSizes.find((known) => known === size) ?? this.size;
  }

  /** @returns whether it was done */
  async apply(): Promise<boolean> {
    if (!this.canApply) return false;
    this.isBusy = true;
    try {
      return (await this.#actions.ignoreStrangers(this.size)).isDone;
    } finally {
      this.isBusy = false;
    }
  }
}
