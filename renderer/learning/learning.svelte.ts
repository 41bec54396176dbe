/** What Kindred has learnt from the user: what it says of it, and what the user does with it. */

import type { KindredApi } from '../../electron/api/contract.ts';
import type { JobSnapshot, Learning, LearnSummary, LearntVersion } from '../../electron/api/schemas.ts';
import type { AppError } from '../../electron/base/errors.ts';
import type { Translator } from '../i18n/translator.svelte.ts';
import type { Actions } from '../actions/actions.svelte.ts';
import { toAppError } from '../ui/errors.ts';
import { isOpenJob, type Imports } from '../imports/imports.svelte.ts';
import type { Toasts } from '../ui/toasts.svelte.ts';

export interface LearningStateOptions {
  readonly api: KindredApi;
  readonly actions: Actions;
  readonly imports: Imports;
  readonly toasts: Toasts;
  readonly translator: Translator;
}

/** What a sentence about a version rests on. */
type Told = Pick<LearntVersion, 'refusal' | 'toldApart' | 'questionsBefore' | 'questionsAfter'>;

export class LearningState {
  learning = $state.raw<Learning | null>(null);
  error = $state.raw<AppError | null>(null);
  /** A call that is not answered yet. */
  isBusy = $state(false);
  readonly #options: LearningStateOptions;

  constructor(options: LearningStateOptions) {
    this.#options = options;
  }

  /** The version that faces are compared by. */
  get current(): LearntVersion | null {
    const { learning } = this;
    return learning?.versions.find(({ version }) => version === learning.current) ?? null;
  }

  /** The learning under way. */
  get openJob(): JobSnapshot | null {
    return this.#options.imports.jobs.find((job) => job.kind === 'learn' && isOpenJob(job)) ?? null;
  }

  get isRunning(): boolean {
    return this.openJob !== null && this.openJob.state !== 'interrupted';
  }

  async refresh(): Promise<void> {
    try {
      this.learning = await this.#options.api.call('learning.get', {});
      this.error = null;
    } catch (error) {
      this.error = toAppError(error);
    }
  }

  /** @returns the one line that says where things stand */
  describe(): string {
    const { t } = this.#options.translator;
    const { learning, current } = this;
    if (learning === null) return '';
    if (current !== null) return this.describeVersion(current);
    const [last] = learning.versions;
    if (last === undefined) return t('learning.nothingYet');
    return last.refusal === null ? t('learning.takenBack') : t(`learning.refused.${last.refusal}`);
  }

  /** @returns such as "Tells apart Anna and Marie better: 31 fewer questions" */
  describeVersion({ refusal, toldApart: [most], questionsBefore, questionsAfter }: Told): string {
    const { t } = this.#options.translator;
    if (refusal !== null) return t(`learning.refused.${refusal}`);
    const what = most === undefined ? t('learning.better') : t('learning.tellsApart', { one: most.names[0], other: most.names[1] });
    const fewer = (questionsBefore ?? 0) - (questionsAfter ?? 0);
    return fewer > 0 ? t('learning.fewer', { what, count: fewer }) : what;
  }

  async start(): Promise<void> {
    await this.#perform(async () => {
      await this.#options.api.call('learning.start', {});
    });
  }

  /** @param version null to compare faces as the pack does */
  async use(version: number | null): Promise<void> {
    await this.#perform(async () => {
      this.learning = await this.#options.api.call('learning.use', { version });
    });
  }

  async setAutomatic(isAutomatic: boolean): Promise<void> {
    await this.#perform(async () => {
      this.learning = await this.#options.api.call('learning.change', { isAutomatic });
    });
  }

  /** What a job that has ended brought is told once, wherever the user is. */
  tell(job: JobSnapshot): void {
    if (job.kind !== 'learn' || job.state !== 'done') return;
    const summary: LearnSummary | null = job.summary;
    if (summary?.isAdopted === true) this.#options.toasts.show({ text: this.describeVersion(summary) });
  }

  async #perform(work: () => Promise<void>): Promise<void> {
    if (this.isBusy) return;
    this.isBusy = true;
    try {
      await work();
    } catch (error) {
      this.#options.actions.reportError(error);
      // What was refused is shown as it is.
      await this.refresh();
    } finally {
      this.isBusy = false;
    }
  }
}
