/** "Are these one person?": answered at once on screen, and in the engine one after the other. */

import type { KindredApi } from '../../electron/api/contract.ts';
import type { PersonSummary, ReviewAnswer, ReviewQuestion } from '../../electron/api/schemas.ts';
import type { AppError } from '../../electron/base/errors.ts';
import type { JournalEntryId, PersonId } from '../../electron/base/ids.ts';
import type { ClusterActions } from '../actions/cluster-actions.ts';
import { toAppError } from '../ui/errors.ts';

type Pair = readonly [PersonId, PersonId];

/** An answer of this session, kept so that it can be taken back. */
export interface GivenAnswer {
  readonly question: ReviewQuestion;
  readonly answer: ReviewAnswer;
  /** Null while the engine has not recorded it. */
  readonly entryId: JournalEntryId | null;
}

const fetchedAtOnce = 20;
const refilledBelow = 5;

export class ReviewState {
  /** Questions about this person alone; null for the whole library. */
  readonly personId: PersonId | null;
  /** Whom `personId` stands for by now: a yes may have merged it into another. */
  subject = $state.raw<PersonSummary | null>(null);
  /** The first is on screen, the others are ready behind it. */
  questions = $state.raw<readonly ReviewQuestion[]>([]);
  /** Without those that were skipped; null until the engine has told. */
  questionsLeft = $state<number | null>(null);
  facesLeft = $state(0);
  /** Questions that the user could not answer, asked again only on demand; known once nothing else is left. */
  openLeft = $state(0);
  error = $state.raw<AppError | null>(null);
  isLoading = $state(false);
  given = $state.raw<readonly GivenAnswer[]>([]);
  /** Answers on their way to the engine. */
  unsent = $state(0);
  #undosDue = $state(0);
  #skipped = $state.raw<readonly Pair[]>([]);
  #isAskingOpen = false;
  #sending: Promise<void> = Promise.resolve();
  #undoing: Promise<void> = Promise.resolve();
  #isRefreshDue = false;
  #refreshing: Promise<void> | null = null;
  readonly #api: KindredApi;
  readonly #actions: ClusterActions;

  constructor(api: KindredApi, actions: ClusterActions, personId: PersonId | null) {
    this.#api = api;
    this.#actions = actions;
    this.personId = personId;
  }

  get current(): ReviewQuestion | null {
    return this.questions[0] ?? null;
  }

  /** What is asked next: their pictures can be fetched already. */
  get upcoming(): readonly ReviewQuestion[] {
    return this.questions.slice(1, 3);
  }

  get skippedCount(): number {
    return this.#skipped.length;
  }

  get lastGiven(): GivenAnswer | null {
    return this.given.at(-1) ?? null;
  }

  get isUndoing(): boolean {
    return this.#undosDue > 0;
  }

  /** Whether the engine does not know everything yet that this window does. */
  get #isChanging(): boolean {
    return this.unsent > 0 || this.isUndoing;
  }

  get canUndo(): boolean {
    return this.given.length > 0;
  }

  /** Whether the engine has said that there is nothing to ask now. */
  get isFinished(): boolean {
    return this.questionsLeft !== null && this.current === null && !this.isBusy && this.error === null;
  }

  /** Whether a question may still come. */
  get isBusy(): boolean {
    return this.isLoading || this.#isChanging;
  }

  /** Fetches the questions again; calls while one runs, or while answers are on their way, are joined into one more. */
  refresh(): Promise<void> {
    this.#isRefreshDue = true;
    if (this.#isChanging) return Promise.resolve();
    this.#refreshing ??= this.#refreshUntilSettled();
    return this.#refreshing;
  }

  /** After an answer: the questions are not computed anew for each, but where news have come or few are ready. */
  #refreshIfDue(): void {
    if (this.#isRefreshDue || this.questions.length < refilledBelow) void this.refresh();
  }

  /** Shows the next question and sends the answer behind those before it. @returns when the engine has it */
  answer(answer: ReviewAnswer): Promise<void> {
    const question = this.current;
    if (question === null || this.isUndoing) return Promise.resolve();
    const given: GivenAnswer = { question, answer, entryId: null };
    this.given = [...this.given, given];
    this.unsent += 1;
    this.questionsLeft = Math.max(0, (this.questionsLeft ?? 1) - 1);
    // Whoever went into another person is nobody to ask about any more; the engine asks about the whole again.
    const isMoot = ({ first, second }: ReviewQuestion): boolean =>
      answer === 'yes' && (first.id === question.second.id || second.id === question.second.id);
    this.questions = this.questions.slice(1).filter((other) => !isMoot(other));
    if (answer === 'not-sure' && this.#isAskingOpen) this.#skipped = [...this.#skipped, pairOf(question)];
    const sent = this.#sending.then(() => this.#send(given));
    this.#sending = sent;
    return sent;
  }

  /** Puts the question off: it comes again when the others are through. */
  skip(): void {
    const question = this.current;
    if (question === null || this.isUndoing) return;
    this.#skipped = [...this.#skipped, pairOf(question)];
    this.questionsLeft = Math.max(0, (this.questionsLeft ?? 1) - 1);
    this.questions = this.questions.slice(1);
    if (this.questions.length < refilledBelow) void this.refresh();
  }

  async askSkippedAgain(): Promise<void> {
    this.#skipped = [];
    await this.refresh();
  }

  /** Asks once more what the user could not say. */
  async askOpenAgain(): Promise<void> {
    this.#isAskingOpen = true;
    this.#skipped = [];
    await this.refresh();
  }

  /** Takes the last answer of this session back and asks its question again; several times, one after the other. */
  undoLast(): Promise<void> {
    this.#undosDue += 1;
    this.#undoing = this.#undoing.then(async () => {
      try {
        await this.#undoOne();
      } finally {
        this.#undosDue -= 1;
        this.#refreshIfDue();
      }
    });
    return this.#undoing;
  }

  async #undoOne(): Promise<void> {
    // The answer may be still on its way, or may come back as an error: then there is nothing to take back.
    await this.#sending;
    const last = this.lastGiven;
    if (last === null || last.entryId === null) return;
    const isUndone = await this.#actions.undoAnswer(last.entryId);
    // Where something newer has been done the history is the way back.
    this.given = this.given.slice(0, -1);
    if (!isUndone) return;
    this.#forgetSkip(last.question);
    this.questions = [last.question, ...this.questions.filter((other) => !isSamePair(other, last.question))];
    this.questionsLeft = (this.questionsLeft ?? 0) + 1;
  }

  async #send(given: GivenAnswer): Promise<void> {
    const { first, second } = given.question;
    try {
      const outcome = await this.#actions.answerQuestion(first.id, second.id, given.answer);
      if (outcome.isDone) {
        const recorded = { ...given, entryId: outcome.value };
        this.given = this.given.map((entry) => (entry === given ? recorded : entry));
      } else {
        // What is gone or has become one by now is no question any more.
        const isMoot = outcome.error.code === 'not-found' || outcome.error.code === 'conflict';
        this.#bringBack(given, isMoot);
        this.#isRefreshDue = true;
      }
    } finally {
      this.unsent -= 1;
      this.#refreshIfDue();
    }
  }

  /** Behind the question on screen: what is under someone's hands is not exchanged. */
  #bringBack(given: GivenAnswer, isMoot: boolean): void {
    this.given = this.given.filter((entry) => entry !== given);
    if (isMoot) return;
    this.#forgetSkip(given.question);
    this.questions = [...this.questions.slice(0, 1), given.question, ...this.questions.slice(1)];
    this.questionsLeft = (this.questionsLeft ?? 0) + 1;
  }

  #forgetSkip(question: ReviewQuestion): void {
    const [first, second] = pairOf(question);
    this.#skipped = this.#skipped.filter((pair) => !(pair.includes(first) && pair.includes(second)));
  }

  async #refreshUntilSettled(): Promise<void> {
    this.isLoading = true;
    try {
      while (this.#isRefreshDue && !this.#isChanging) {
        this.#isRefreshDue = false;
        await this.#load();
      }
    } finally {
      this.isLoading = false;
      this.#refreshing = null;
    }
  }

  async #load(): Promise<void> {
    try {
      const [list, subject] = await Promise.all([
        this.#list(fetchedAtOnce, this.#isAskingOpen),
        this.personId === null ? null : this.#api.call('people.get', { personId: this.personId }),
      ]);
      // An answer given or taken back meanwhile is not in this list: one more is due once the engine has it.
      if (this.#isChanging) return;
      this.questions = this.#keepOnScreen(list.questions);
      this.questionsLeft = list.questionsLeft;
      this.facesLeft = list.facesLeft;
      this.subject = subject;
      this.error = null;
      if (this.current === null && !this.#isAskingOpen) {
        const withOpen = await this.#list(1, true);
        this.openLeft = Math.max(0, withOpen.questionsLeft - list.questionsLeft);
      }
    } catch (error) {
      this.error = toAppError(error);
    }
  }

  #list(limit: number, includeOpen: boolean) {
    const skipped = this.#skipped.map(([first, second]): [PersonId, PersonId] => [first, second]);
    return this.#api.call('review.list', { limit, personId: this.personId, skipped, includeOpen });
  }

  /** The question on screen stays there as long as it is one, whatever is better by now. */
  #keepOnScreen(fetched: readonly ReviewQuestion[]): readonly ReviewQuestion[] {
    const shown = this.current;
    if (shown === null || this.#skipped.some((pair) => isPairOf(pair, shown))) return fetched;
    const fresh = fetched.find((question) => isSamePair(question, shown));
    const others = fetched.filter((question) => question !== fresh);
    if (fresh !== undefined) return [fresh, ...others];
    // It may only stand farther down than was fetched.
    return fetched.length >= fetchedAtOnce ? [shown, ...others] : others;
  }
}

function pairOf({ first, second }: ReviewQuestion): Pair {
  return [first.id, second.id];
}

function isPairOf(pair: Pair, { first, second }: ReviewQuestion): boolean {
  return pair.includes(first.id) && pair.includes(second.id);
}

function isSamePair(one: ReviewQuestion, other: ReviewQuestion): boolean {
  return isPairOf(pairOf(one), other);
}
