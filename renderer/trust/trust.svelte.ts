/** How far recognition can be trusted: fetched when its page opens and when people or faces change under it. */

import type { KindredApi } from '../../electron/api/contract.ts';
import type { TrustReport } from '../../electron/api/schemas.ts';
import type { AppError } from '../../electron/base/errors.ts';
import { toAppError } from '../ui/errors.ts';

export class TrustState {
  /** Stays while a newer one is computed. */
  report = $state.raw<TrustReport | null>(null);
  error = $state.raw<AppError | null>(null);
  isLoading = $state(false);
  readonly #api: KindredApi;
  #isDue = false;

  constructor(api: KindredApi) {
    this.#api = api;
  }

  /** What changes while it is computed makes it compute once more, however much changed. */
  async refresh(): Promise<void> {
    this.#isDue = true;
    if (this.isLoading) return;
    this.isLoading = true;
    try {
      while (this.#isDue) {
        this.#isDue = false;
        this.report = await this.#api.call('library.measureTrust', {});
        this.error = null;
      }
    } catch (error) {
      this.error = toAppError(error);
    } finally {
      this.isLoading = false;
    }
  }
}
