/** The whole of what a window knows, put together: what it hears of the engine goes from here to the states that show it. */

import type { ChangeTopic, EventPayload, KindredApi } from '../../electron/api/contract.ts';
import type { ConnectionState, Host } from '../../electron/api/host.ts';
import { Translator } from '../i18n/translator.svelte.ts';
import { Actions } from '../actions/actions.svelte.ts';
import { ClusterActions } from '../actions/cluster-actions.ts';
import { ChecksState } from '../checks/checks.svelte.ts';
import { HistoryState } from '../history/history.svelte.ts';
import { FailuresState } from '../imports/failures.svelte.ts';
import { ImportStarter } from '../imports/import-starter.svelte.ts';
import { Imports } from '../imports/imports.svelte.ts';
import { LearningState } from '../learning/learning.svelte.ts';
import { Naming } from '../naming/naming.svelte.ts';
import { RecognitionState } from '../packs/recognition.svelte.ts';
import { PeopleState } from '../people/people.svelte.ts';
import { PhotoNaming } from '../photo/photo-naming.ts';
import { Settings } from '../settings/settings.svelte.ts';
import type { SettingsStore } from '../settings/settings.svelte.ts';
import { TrustState } from '../trust/trust.svelte.ts';
import { Dialogs } from '../ui/dialogs.svelte.ts';
import { scheduleWithTimers, Toasts } from '../ui/toasts.svelte.ts';
import type { Schedule } from '../ui/toasts.svelte.ts';
import { LibraryStatus } from './library-status.svelte.ts';
import { OpenViews } from './open-views.svelte.ts';
import type { Questions } from './questions.ts';
import { Router } from './router.svelte.ts';
import type { AddressBar } from './router.svelte.ts';

/** After the user's last step, before what follows from it is fetched. */
const settleAfterMs = 4_000;

export interface AppOptions {
  readonly host: Host;
  readonly addressBar: AddressBar;
  readonly store: SettingsStore | null;
  readonly systemLanguages: readonly string[];
  /** @param dialogs those of the window, to ask by */
  readonly ask: (dialogs: Dialogs) => Questions;
  readonly schedule?: Schedule;
}

export class App {
  readonly host: Host;
  readonly api: KindredApi;
  readonly settings: Settings;
  readonly translator: Translator;
  readonly router: Router;
  readonly toasts: Toasts;
  readonly dialogs = new Dialogs();
  readonly library: LibraryStatus;
  readonly actions: Actions;
  readonly clusterActions: ClusterActions;
  readonly imports: Imports;
  readonly importStarter: ImportStarter;
  readonly naming: Naming;
  readonly photoNaming: PhotoNaming;
  readonly people: PeopleState;
  readonly views: OpenViews;
  readonly checks: ChecksState;
  readonly trust: TrustState;
  readonly failures: FailuresState;
  readonly history: HistoryState;
  readonly recognition: RecognitionState;
  readonly learning: LearningState;

  connection = $state<ConnectionState>('connecting');
  readonly #schedule: Schedule;
  readonly #stops: (() => void)[] = [];
  #stopSettling: () => void = () => undefined;

  constructor(options: AppOptions) {
    const { host } = options;
    const { api } = host;
    this.host = host;
    this.api = api;
    this.settings = new Settings(options.store, options.systemLanguages);
    this.translator = new Translator(this.settings.locale);
    this.router = new Router(options.addressBar);
    this.#schedule = options.schedule ?? scheduleWithTimers;
    this.toasts = new Toasts(this.#schedule);
    const { translator, toasts, router } = this;
    const questions = options.ask(this.dialogs);
    this.actions = new Actions({ api, toasts, translator, questions, onEntries: (entries) => this.library.noteEntries(entries) });
    const { actions } = this;
    this.clusterActions = new ClusterActions({ api, steps: actions.steps, translator });
    this.imports = new Imports(api, actions);
    const { clusterActions, imports } = this;
    this.library = new LibraryStatus(api, ({ jobs }) => imports.replaceAll(jobs));
    this.importStarter = new ImportStarter({ api, host, actions, imports, library: this.library, questions });
    this.naming = new Naming(api, actions, questions);
    this.photoNaming = new PhotoNaming(api, actions, this.naming);
    this.people = new PeopleState(api, actions);
    this.views = new OpenViews({ api, actions, clusterActions, router, people: this.people });
    this.checks = new ChecksState(api);
    this.trust = new TrustState(api);
    this.failures = new FailuresState(api);
    this.history = new HistoryState(api, actions);
    this.recognition = new RecognitionState({ api, actions, imports, toasts, translator, questions });
    this.learning = new LearningState({ api, actions, imports, toasts, translator });
    this.connection = host.connection;
  }

  /** Listens first and asks afterwards, so that no news falls in between. */
  async start(): Promise<void> {
    this.#stops.push(
      this.host.onConnectionChange((state) => {
        this.connection = state;
      }),
      this.api.on('job', (job) => {
        this.imports.receive(job);
        this.learning.tell(job);
        // While faces still come in, every question would be asked too early.
        if (job.state === 'done') this.#refreshQuestions();
      }),
      this.api.on('changed', (change) => this.#receiveChange(change)),
    );
    this.connection = this.host.connection;
    await this.library.refresh();
    this.#refreshQuestions();
  }

  close(): void {
    for (const stop of this.#stops.splice(0)) stop();
    this.#stopSettling();
    this.router.close();
    this.host.close();
  }

  /** Whether there is nothing to show yet but how to begin. */
  get isWelcome(): boolean {
    const { status } = this.library;
    if (status === null) return false;
    return status.photos === 0 && status.people === 0 && this.imports.shown === null;
  }

  get isFirstRunNoticeDue(): boolean {
    const { status } = this.library;
    return status !== null && !status.isConsentGiven && !this.isWelcome;
  }

  /** Among the questions the last answer is taken back, and its question asked again. */
  async undo(): Promise<void> {
    const { review } = this.views;
    if (this.router.route.view === 'review' && review.canUndo) await review.undoLast();
    else await this.actions.undo();
  }

  async reclusterAll(): Promise<void> {
    if (await this.clusterActions.reclusterAll()) this.toasts.show({ text: this.translator.t('people.reclustering') });
  }

  #receiveChange(change: EventPayload<'changed'>): void {
    // What this window has done it shows already; the rest, such as how many photos somebody is in, can wait for a pause.
    if (this.actions.steps.ownChanges.takeKnown(change)) this.#settleLater(change.topics);
    else this.#fetchAgain(change.topics);
  }

  #settleLater(topics: readonly ChangeTopic[]): void {
    this.#stopSettling();
    this.#stopSettling = this.#schedule(() => this.#fetchAgain(topics), settleAfterMs);
  }

  /** What is not on screen is fetched again when it comes there. */
  #fetchAgain(topics: readonly ChangeTopic[]): void {
    const concerns = (...wanted: ChangeTopic[]): boolean => wanted.some((topic) => topics.includes(topic));
    void this.library.refresh();
    const { view } = this.router.route;
    if (concerns('people', 'faces')) {
      if (view === 'people' && this.people.list.total !== null) void this.people.refresh();
      if (view === 'person') void this.views.person?.refresh();
      if (view === 'checks') void this.checks.refresh();
      if (view === 'trust') void this.trust.refresh();
      this.#refreshQuestions();
    }
    if (view === 'photo' && concerns('people', 'faces', 'photos')) void this.views.photo?.refresh();
    if (view === 'settings' && concerns('packs', 'settings', 'photos')) void this.recognition.refresh();
    if (view === 'settings' && concerns('learning', 'people')) void this.learning.refresh();
    if (view === 'failures' && concerns('failures') && this.failures.list.total !== null) void this.failures.list.refresh();
    if (view === 'history' && concerns('journal') && this.history.list.total !== null) void this.history.list.refresh();
  }

  #refreshQuestions(): void {
    if (this.imports.isActive) return;
    const { libraryReview, review } = this.views;
    void libraryReview.refresh();
    if (this.router.route.view === 'review' && review !== libraryReview) void review.refresh();
  }
}
