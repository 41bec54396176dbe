/** How the library's photos are looked at: packs, effort and runtime, and what the user does with them. */

import type { KindredApi } from '../../electron/api/contract.ts';
import type { DetectionEffort, Pack, RecognitionSettings } from '../../electron/api/schemas.ts';
import type { AppError } from '../../electron/base/errors.ts';
import type { Translator } from '../i18n/translator.svelte.ts';
import type { Actions } from '../actions/actions.svelte.ts';
import { toAppError } from '../ui/errors.ts';
import type { Imports } from '../imports/imports.svelte.ts';
import type { Toasts } from '../ui/toasts.svelte.ts';

export interface RecognitionOptions {
  readonly api: KindredApi;
  readonly actions: Actions;
  readonly imports: Imports;
  readonly toasts: Toasts;
  readonly translator: Translator;
  readonly questions: PackQuestions;
}

/** Runtimes are called what those who make them call them. */
const runtimeNames: Readonly<Record<string, string>> = {
  onnx: 'ONNX Runtime',
  'onnx-cuda': 'ONNX Runtime (CUDA)',
  'onnx-directml': 'ONNX Runtime (DirectML)',
  'onnx-coreml': 'ONNX Runtime (Core ML)',
  'onnx-webgpu': 'ONNX Runtime (WebGPU)',
  tensorflow: 'TensorFlow',
  'tensorflow-cuda': 'TensorFlow (CUDA)',
  webgpu: 'WebGPU',
  wasm: 'WebAssembly',
};

export function nameRuntime(runtime: string): string {
  return runtimeNames[runtime] ?? runtime;
}

/** What is asked before something long or something from the web begins. */
export type PackQuestion = { readonly kind: 'switch' | 'download'; readonly pack: Pack };

export interface PackQuestions {
  agreesToPack(question: PackQuestion): Promise<boolean>;
}

export class RecognitionState {
  packs = $state.raw<readonly Pack[] | null>(null);
  settings = $state.raw<RecognitionSettings | null>(null);
  error = $state.raw<AppError | null>(null);
  /** A call that is not answered yet. */
  isBusy = $state(false);
  addPath = $state('');
  /** Why what the path names could not be added; in words. */
  addProblem = $state<string | null>(null);
  readonly #options: RecognitionOptions;

  constructor(options: RecognitionOptions) {
    this.#options = options;
  }

  get active(): Pack | null {
    return this.packs?.find(({ isActive }) => isActive) ?? null;
  }

  async refresh(): Promise<void> {
    const { api } = this.#options;
    try {
      const [{ packs }, settings] = await Promise.all([api.call('packs.list', {}), api.call('settings.get', {})]);
      this.packs = packs;
      this.settings = settings;
      this.error = null;
    } catch (error) {
      this.error = toAppError(error);
    }
  }

  /** @returns what the card of a pack says of its state */
  describeState(pack: Pack): string {
    const { imports, translator } = this.#options;
    const { t } = translator;
    const job = imports.findOpenFor(pack.name);
    if (job !== null && job.progress.total !== null && job.progress.total > 0) {
      const percent = Math.floor((job.progress.done / job.progress.total) * 100);
      return t(job.kind === 'download-pack' ? 'packs.downloading' : 'packs.switching', { percent });
    }
    const files = pack.lackingFiles.join(', ');
    if (pack.state === 'damaged') return t('packs.damaged', { files });
    if (pack.state === 'incomplete') return pack.needsDownload ? t('packs.notFetched') : t('packs.incomplete', { files });
    return pack.isActive ? t('packs.active') : t('packs.ready');
  }

  /** What a card offers; nothing while something is being done for the pack already. */
  offer(pack: Pack): 'use' | 'download' | 'look-again' | null {
    if (this.#options.imports.findOpenFor(pack.name) !== null) return null;
    if (pack.state !== 'ready') return pack.needsDownload ? 'download' : null;
    if (!pack.isActive) return 'use';
    return pack.photosToAnalyze > 0 ? 'look-again' : null;
  }

  /** Where there are no photos nothing happens that would have to be asked. */
  async ask(kind: PackQuestion['kind'], pack: Pack, photoCount: number): Promise<void> {
    const { api, imports, questions } = this.#options;
    const isHarmless = kind === 'switch' && photoCount === 0;
    if (this.isBusy || !(isHarmless || (await questions.agreesToPack({ kind, pack })))) return;
    await this.#perform(async () => {
      const { jobId } = await api.call(kind === 'switch' ? 'packs.use' : 'packs.download', { name: pack.name });
      if (jobId !== null) imports.follow(jobId);
    });
    await this.refresh();
  }

  async verify(pack: Pack): Promise<void> {
    const { api, toasts, translator } = this.#options;
    await this.#perform(async () => {
      const { state, name } = await api.call('packs.verify', { name: pack.name });
      if (state === 'ready') toasts.show({ text: translator.t('packs.verified', { name }) });
    });
    await this.refresh();
  }

  async add(): Promise<void> {
    const path = this.addPath.trim();
    if (path === '' || this.isBusy) return;
    const { api, toasts, translator } = this.#options;
    this.isBusy = true;
    this.addProblem = null;
    try {
      const { name } = await api.call('packs.add', { path });
      this.addPath = '';
      toasts.show({ text: translator.t('packs.added', { name }) });
    } catch (error) {
      this.addProblem = this.#explainAdding(toAppError(error));
    } finally {
      this.isBusy = false;
    }
    await this.refresh();
  }

  async chooseEffort(effort: DetectionEffort): Promise<void> {
    await this.#change({ effort });
  }

  async chooseRuntime(runtime: string): Promise<void> {
    await this.#change({ runtime });
  }

  async #change(changes: { effort?: DetectionEffort; runtime?: string }): Promise<void> {
    await this.#perform(async () => {
      this.settings = await this.#options.api.call('settings.change', changes);
    });
    // Other photos wait with another effort; and what was refused is shown as it was.
    await this.refresh();
  }

  async #perform(work: () => Promise<void>): Promise<void> {
    this.isBusy = true;
    try {
      await work();
    } catch (error) {
      this.#options.actions.reportError(error);
    } finally {
      this.isBusy = false;
    }
  }

  #explainAdding(error: AppError): string {
    const { translator } = this.#options;
    switch (error.code) {
      case 'bad-argument':
        return translator.t('packs.addFailed.path');
      case 'model-missing':
        return translator.t('packs.addFailed.missing', { file: String(error.parameters['file'] ?? '') });
      case 'model-mismatch':
        return translator.t('packs.addFailed.mismatch');
      default:
        return translator.error(error);
    }
  }
}
