/** Walking through the engine's folders and choosing some of them, where the host has no dialog of its own. */

import type { KindredApi } from '../../electron/api/contract.ts';
import type { FolderListing } from '../../electron/api/schemas.ts';
import type { AppError } from '../../electron/base/errors.ts';
import { toAppError } from '../ui/errors.ts';

export class FolderPicker {
  listing = $state.raw<FolderListing | null>(null);
  chosen = $state.raw<readonly string[]>([]);
  cursor = $state(0);
  isLoading = $state(false);
  error = $state.raw<AppError | null>(null);
  readonly #api: KindredApi;
  #requests = 0;

  constructor(api: KindredApi) {
    this.#api = api;
  }

  /** @param path null for the place to start from */
  async open(path: string | null): Promise<void> {
    this.#requests += 1;
    const request = this.#requests;
    const from = this.listing?.path ?? null;
    this.isLoading = true;
    try {
      const listing = await this.#api.call('folders.browse', { path });
      if (request !== this.#requests) return;
      this.listing = listing;
      this.error = null;
      // Going up, the cursor stands on the folder that was left.
      this.cursor = Math.max(
        0,
        listing.folders.findIndex((folder) => folder.path === from),
      );
    } catch (error) {
      // The last folder that could be read stays on screen.
      if (request === this.#requests) this.error = toAppError(error);
    } finally {
      if (request === this.#requests) this.isLoading = false;
    }
  }

  async openParent(): Promise<void> {
    const parent = this.listing?.parent ?? null;
    if (parent !== null) await this.open(parent);
  }

  isChosen(path: string): boolean {
    return this.chosen.includes(path);
  }

  toggle(path: string): void {
    this.chosen = this.isChosen(path) ? this.chosen.filter((other) => other !== path) : [...this.chosen, path];
  }

  /** Chosen folders, else the one that is open. */
  get result(): readonly string[] {
    if (this.chosen.length > 0) return this.chosen;
    return this.listing === null ? [] : [this.listing.path];
  }
}
