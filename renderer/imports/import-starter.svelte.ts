/** How an import begins: the user has read what is kept of faces, has chosen folders, and off it goes. */

import type { KindredApi } from '../../electron/api/contract.ts';
import type { Host } from '../../electron/api/host.ts';
import type { Actions } from '../actions/actions.svelte.ts';
import type { LibraryStatus } from '../app/library-status.svelte.ts';
import type { Imports } from './imports.svelte.ts';

export interface ImportQuestions {
  /** Before the first import: has the user read what is kept of faces? */
  agreesToFaces(): Promise<boolean>;
  /** Where the host has no dialog of its own; none where ours was put away. */
  chooseFolders(): Promise<readonly string[]>;
}

export interface ImportStarterOptions {
  readonly api: KindredApi;
  readonly host: Pick<Host, 'chooseFolders'>;
  readonly actions: Actions;
  readonly imports: Imports;
  readonly library: LibraryStatus;
  readonly questions: ImportQuestions;
}

export class ImportStarter {
  isGivingConsent = $state(false);
  readonly #options: ImportStarterOptions;

  constructor(options: ImportStarterOptions) {
    this.#options = options;
  }

  /** By the host's own dialog where it has one, else by ours. */
  async addFolders(): Promise<void> {
    const { host, imports, questions } = this.#options;
    await this.#withConsent(async () => {
      const folders = await (host.chooseFolders ?? questions.chooseFolders)();
      if (folders.length > 0) await imports.start(folders);
    });
  }

  async trySamples(): Promise<void> {
    await this.#withConsent(async () => {
      await this.#options.imports.startSamples();
    });
  }

  /** @returns whether the engine has recorded it */
  async giveConsent(): Promise<boolean> {
    const { api, actions, library } = this.#options;
    this.isGivingConsent = true;
    try {
      await api.call('library.giveConsent', {});
      library.noteConsent();
      return true;
    } catch (error) {
      actions.reportError(error);
      return false;
    } finally {
      this.isGivingConsent = false;
    }
  }

  async #withConsent(proceed: () => Promise<void>): Promise<void> {
    const { actions, library, questions } = this.#options;
    try {
      const isGiven = library.status?.isConsentGiven === true || ((await questions.agreesToFaces()) && (await this.giveConsent()));
      if (isGiven) await proceed();
    } catch (error) {
      actions.reportError(error);
    }
  }
}
