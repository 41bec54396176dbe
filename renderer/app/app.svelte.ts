/** The whole of what a window knows: connection, status, and the state of the view that is open. */

import { SvelteSet } from 'svelte/reactivity';
import type { KindredApi } from '../../electron/api/contract.ts';
import type { EventPayload } from '../../electron/api/contract.ts';
import type { ConnectionState, Host } from '../../electron/api/host.ts';
import type { FaceSummary, PersonSummary, Status } from '../../electron/api/schemas.ts';
import type { AppError } from '../../electron/base/errors.ts';
import type { FaceId, PersonId, PhotoId } from '../../electron/base/ids.ts';
import { Translator } from '../i18n/translator.svelte.ts';
import { Actions } from '../actions/actions.svelte.ts';
import { toAppError } from '../ui/errors.ts';
import { BirthDate } from '../person/birth-date.svelte.ts';
import { ChecksState } from '../checks/checks.svelte.ts';
import { TrustState } from '../trust/trust.svelte.ts';
import { ClusterActions } from '../actions/cluster-actions.ts';
import { FailuresState } from '../imports/failures.svelte.ts';
import { FolderPicker } from '../imports/folder-picker.svelte.ts';
import { HistoryState } from '../history/history.svelte.ts';
import { Imports } from '../imports/imports.svelte.ts';
import { LearningState } from '../learning/learning.svelte.ts';
import { NameCompletion } from '../naming/name-completion.svelte.ts';
import { Naming } from '../naming/naming.svelte.ts';
import { PeopleState } from '../people/people.svelte.ts';
import { PersonState } from '../person/person.svelte.ts';
import { PhotoState } from '../photo/photo.svelte.ts';
import { RecognitionState } from '../packs/recognition.svelte.ts';
import { ReclusterState } from '../person/recluster.svelte.ts';
import { ReviewState } from '../review/review.svelte.ts';
import { Router } from './router.svelte.ts';
import type { AddressBar } from './router.svelte.ts';
import { Settings } from '../settings/settings.svelte.ts';
import type { SettingsStore } from '../settings/settings.svelte.ts';
import { SplitState } from '../person/split.svelte.ts';
import { StrangersState } from '../people/strangers.svelte.ts';
import { scheduleWithTimers, Toasts } from '../ui/toasts.svelte.ts';
import type { Schedule } from '../ui/toasts.svelte.ts';

export interface AppOptions {
  readonly host: Host;
  readonly addressBar: AddressBar;
  readonly store: SettingsStore | null;
  readonly systemLanguages: readonly string[];
  readonly schedule?: Schedule;
}

/** A dialog that stands over every view; only one at a time. */
export type OpenDialog =
  | { readonly kind: 'none' }
  | { readonly kind: 'help' }
  | { readonly kind: 'folders' }
  | { readonly kind: 'merge'; readonly people: readonly PersonSummary[] }
  | { readonly kind: 'merge-into'; readonly person: PersonSummary }
  | { readonly kind: 'move'; readonly faceIds: readonly FaceId[]; readonly from: PersonId | null }
  | { readonly kind: 'split'; readonly split: SplitState }
  | { readonly kind: 'recluster'; readonly recluster: ReclusterState }
  | { readonly kind: 'born'; readonly birthDate: BirthDate }
  | { readonly kind: 'strangers'; readonly strangers: StrangersState }
  | { readonly kind: 'learning' }
  | { readonly kind: 'consent'; readonly proceed: () => Promise<void> };

export class App {
  readonly host: Host;
  readonly api: KindredApi;
  readonly settings: Settings;
  readonly translator: Translator;
  readonly router: Router;
  readonly toasts: Toasts;
  readonly actions: Actions;
  readonly imports: Imports;
  readonly naming: Naming;
  readonly people: PeopleState;
  readonly failures: FailuresState;
  readonly history: HistoryState;
  readonly recognition: RecognitionState;
  readonly learning: LearningState;
  readonly clusterActions: ClusterActions;
  /** The questions about the whole library, whose number stands in the header. */
  readonly libraryReview: ReviewState;
  readonly checks: ChecksState;
  readonly trust: TrustState;

  connection = $state<ConnectionState>('connecting');
  status = $state.raw<Status | null>(null);
  statusError = $state.raw<AppError | null>(null);
  person = $state.raw<PersonState | null>(null);
  photo = $state.raw<PhotoState | null>(null);
  /** The questions on screen. */
  review = $state.raw<ReviewState>() as ReviewState;
  /** Whose warning that they may be several the user has put away. */
  readonly toldNotMixed = new SvelteSet<PersonId>();
  dialog = $state.raw<OpenDialog>({ kind: 'none' });
  folderPicker = $state.raw<FolderPicker | null>(null);
  isGivingConsent = $state(false);

  #isStatusDue = false;
  #readingStatus: Promise<void> | null = null;
  readonly #stops: (() => void)[] = [];

  constructor(options: AppOptions) {
    this.host = options.host;
    this.api = options.host.api;
    this.settings = new Settings(options.store, options.systemLanguages);
    this.translator = new Translator(this.settings.locale);
    this.router = new Router(options.addressBar);
    this.toasts = new Toasts(options.schedule ?? scheduleWithTimers);
    this.actions = new Actions({
      api: this.api,
      toasts: this.toasts,
      translator: this.translator,
    });
    this.clusterActions = new ClusterActions({
      api: this.api,
      steps: this.actions.steps,
      translator: this.translator,
    });
    this.libraryReview = new ReviewState(this.api, this.clusterActions, null);
    this.review = this.libraryReview;
    this.checks = new ChecksState(this.api);
    this.trust = new TrustState(this.api);
    this.imports = new Imports(this.api, this.actions);
    this.naming = new Naming(this.api, this.actions);
    this.people = new PeopleState(this.api, this.actions);
    this.failures = new FailuresState(this.api);
    this.history = new HistoryState(this.api, this.actions);
    const told = { api: this.api, actions: this.actions, imports: this.imports, toasts: this.toasts, translator: this.translator };
    this.recognition = new RecognitionState(told);
    this.learning = new LearningState(told);
    this.connection = options.host.connection;
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
    await this.refreshStatus();
    this.#refreshQuestions();
  }

  close(): void {
    for (const stop of this.#stops.splice(0)) stop();
    this.router.close();
    this.host.close();
  }

  /** Whether there is nothing to show yet but how to begin. */
  get isWelcome(): boolean {
    const { status } = this;
    if (status === null) return false;
    return status.photos === 0 && status.people === 0 && this.imports.shown === null;
  }

  get isFirstRunNoticeDue(): boolean {
    return this.status !== null && !this.status.isConsentGiven && !this.isWelcome;
  }

  refreshStatus(): Promise<void> {
    this.#isStatusDue = true;
    this.#readingStatus ??= this.#readStatusUntilSettled().finally(() => {
      this.#readingStatus = null;
    });
    return this.#readingStatus;
  }

  /** Puts up the state of the person's view; the same one stays as long as the person does. */
  openPerson(personId: PersonId): PersonState {
    if (this.person?.personId === personId) {
      // Whatever changed while it was off the screen went unheard.
      void this.person.refresh();
      return this.person;
    }
    const person = new PersonState(this.api, this.actions, personId, (forwarded) => {
      const { route } = this.router;
      if (route.view === 'person' && this.person === person) {
        this.router.replace({ view: 'person', personId: forwarded });
      }
    });
    this.person = person;
    void person.load();
    return person;
  }

  openPhoto(photoId: PhotoId, personId: PersonId | null, faceId: FaceId | null): PhotoState {
    if (this.photo !== null && this.photo.personId === personId) {
      void this.photo.show(photoId, faceId);
      return this.photo;
    }
    const { api, actions, clusterActions } = this;
    const photo = new PhotoState({ api, actions, clusterActions, photoId, personId });
    photo.focusedFaceId = faceId;
    this.photo = photo;
    void photo.load();
    return photo;
  }

  openReview(personId: PersonId | null): ReviewState {
    if (personId === null) this.review = this.libraryReview;
    else if (this.review.personId !== personId) this.review = new ReviewState(this.api, this.clusterActions, personId);
    void this.review.refresh();
    return this.review;
  }

  /** Among the questions the last answer is taken back, and its question asked again. */
  async undo(): Promise<void> {
    if (this.router.route.view === 'review' && this.review.canUndo) await this.review.undoLast();
    else await this.actions.undo();
  }

  openSplit(person: PersonSummary): void {
    const split = new SplitState(this.api, this.clusterActions, person);
    this.dialog = { kind: 'split', split };
    void split.load();
  }

  openRecluster(person: PersonSummary): void {
    const recluster = new ReclusterState(this.api, this.clusterActions, person);
    this.dialog = { kind: 'recluster', recluster };
    void recluster.load();
  }

  openBirthDate(person: PersonSummary): void {
    this.dialog = { kind: 'born', birthDate: new BirthDate(this.clusterActions, person) };
  }

  openStrangers(): void {
    const strangers = new StrangersState(this.api, this.clusterActions);
    this.dialog = { kind: 'strangers', strangers };
    void strangers.load();
  }

  openLearning(): void {
    this.dialog = { kind: 'learning' };
  }

  async reclusterAll(): Promise<void> {
    if (await this.clusterActions.reclusterAll()) this.toasts.show({ text: this.translator.t('people.reclustering') });
  }

  /** After what a dialog did: the person on screen is another one now. */
  async finishPersonDialog(): Promise<void> {
    this.closeDialog();
    await this.person?.refresh();
    await this.person?.checkMixture();
  }

  closeDialog(): void {
    this.dialog = { kind: 'none' };
    this.folderPicker = null;
  }

  /** The host's own dialog where it has one, else ours. */
  async addFolders(): Promise<void> {
    await this.#withConsent(async () => {
      if (this.host.chooseFolders !== null) {
        const folders = await this.host.chooseFolders();
        if (folders.length > 0) await this.imports.start(folders);
        return;
      }
      this.folderPicker = new FolderPicker(this.api);
      this.dialog = { kind: 'folders' };
      await this.folderPicker.open(null);
    });
  }

  async trySamples(): Promise<void> {
    await this.#withConsent(async () => {
      await this.imports.startSamples();
    });
  }

  async importPicked(): Promise<void> {
    const folders = this.folderPicker?.result ?? [];
    if (folders.length === 0) return;
    if (await this.imports.start(folders)) this.closeDialog();
  }

  /** From whatever view is open, so that the faces vanish there at once. */
  async moveFaces(faceIds: readonly FaceId[], personId: PersonId | null, newName: string | null): Promise<void> {
    const { view } = this.router.route;
    const [only] = faceIds;
    if (view === 'person' && this.person !== null) await this.person.moveFaces(faceIds, personId, newName);
    else if (view === 'photo' && this.photo !== null && only !== undefined) {
      await this.photo.moveFace(only, personId, newName);
    } else await this.actions.moveFaces(faceIds, personId, newName);
  }

  /** From the grid, or from a person's own view, which then follows to where the person went. */
  async mergeInto(target: PersonId, source: PersonId): Promise<void> {
    if (this.router.route.view !== 'person') {
      await this.people.merge(target, [source]);
      return;
    }
    const outcome = await this.actions.mergePeople(target, [source]);
    if (outcome.isDone) this.router.replace({ view: 'person', personId: outcome.value.person.id });
  }

  /**
   * Says who a face in a photo is. A person without a name gets one; where the person has another name already, or
   * there is none, the name is that of someone else, and the face alone goes there.
   */
  async nameFace(photo: PhotoState, face: FaceSummary, text: string): Promise<void> {
    const name = text.trim();
    if (name === '' || name === face.personName) return;
    try {
      if (face.personId !== null && face.personName === null) {
        const { personId } = face;
        const person = await this.api.call('people.get', { personId });
        await this.naming.submitName({ person, faceId: face.id }, name, () => void photo.refresh());
      } else {
        const known = await new NameCompletion(this.api).findSameName(name);
        await photo.moveFace(face.id, known?.id ?? null, known === null ? name : null);
      }
    } catch (error) {
      this.actions.reportError(error);
    }
    await photo.refresh();
  }

  async proposeKnownForFace(photo: PhotoState, face: FaceSummary, known: PersonSummary): Promise<void> {
    if (face.personId === null || face.personName !== null) {
      await photo.moveFace(face.id, known.id);
      return;
    }
    try {
      const person = await this.api.call('people.get', { personId: face.personId });
      this.naming.proposeKnown({ person, faceId: face.id }, known, () => void photo.refresh());
    } catch (error) {
      this.actions.reportError(error);
    }
  }

  /** @returns whether the engine has recorded it */
  async giveConsent(): Promise<boolean> {
    this.isGivingConsent = true;
    try {
      await this.api.call('library.giveConsent', {});
      if (this.status !== null) this.status = { ...this.status, isConsentGiven: true };
      return true;
    } catch (error) {
      this.actions.reportError(error);
      return false;
    } finally {
      this.isGivingConsent = false;
    }
  }

  async agreeAndProceed(): Promise<void> {
    const { dialog } = this;
    if (dialog.kind !== 'consent' || this.isGivingConsent) return;
    if (!(await this.giveConsent())) return;
    this.closeDialog();
    await dialog.proceed();
  }

  async #withConsent(proceed: () => Promise<void>): Promise<void> {
    const guarded = async (): Promise<void> => {
      try {
        await proceed();
      } catch (error) {
        this.actions.reportError(error);
      }
    };
    if (this.status?.isConsentGiven === true) await guarded();
    else this.dialog = { kind: 'consent', proceed: guarded };
  }

  #receiveChange({ topics }: EventPayload<'changed'>): void {
    const concerns = (...wanted: EventPayload<'changed'>['topics']): boolean =>
      wanted.some((topic) => topics.includes(topic));
    void this.refreshStatus();
    const { view } = this.router.route;
    // What is not on screen is fetched again when it comes there.
    if (concerns('people', 'faces')) {
      if (this.people.list.total !== null) void this.people.refresh();
      if (view === 'person') void this.person?.refresh();
      if (view === 'checks') void this.checks.refresh();
      if (view === 'trust') void this.trust.refresh();
      this.#refreshQuestions();
    }
    if (view === 'photo' && concerns('people', 'faces', 'photos')) void this.photo?.refresh();
    if (view === 'settings' && concerns('packs', 'settings', 'photos')) void this.recognition.refresh();
    if (view === 'settings' && concerns('learning', 'people')) void this.learning.refresh();
    if (concerns('failures') && this.failures.list.total !== null) void this.failures.list.refresh();
    if (concerns('journal') && this.history.list.total !== null) void this.history.list.refresh();
  }

  #refreshQuestions(): void {
    if (this.imports.isActive) return;
    void this.libraryReview.refresh();
    if (this.router.route.view === 'review' && this.review !== this.libraryReview) void this.review.refresh();
  }

  async #readStatusUntilSettled(): Promise<void> {
    while (this.#isStatusDue) {
      this.#isStatusDue = false;
      try {
        const status = await this.api.call('library.status', {});
        this.status = status;
        this.statusError = null;
        this.imports.replaceAll(status.jobs);
      } catch (error) {
        this.statusError = toAppError(error);
      }
    }
  }
}
