/** The grid of people: which are listed, which are selected, who is dragged on whom, and what is done to them. */

import type { KindredApi } from '../../electron/api/contract.ts';
import type { PeopleFilter, PersonSummary } from '../../electron/api/schemas.ts';
import type { PersonId } from '../../electron/base/ids.ts';
import type { Actions } from '../actions/actions.svelte.ts';
import type { Outcome } from '../actions/steps.svelte.ts';
import { GridCursor } from '../ui/grid-cursor.svelte.ts';
import { PagedList } from '../ui/paged-list.svelte.ts';
import type { PageSource } from '../ui/paged-list.svelte.ts';
import { Selection } from '../ui/selection.svelte.ts';

/** Who of several stays, and who goes into it. */
export interface MergeChoice {
  readonly target: PersonId;
  readonly sources: readonly PersonId[];
}

export interface Drag {
  readonly sourceIds: readonly PersonId[];
  readonly targetId: PersonId | null;
}

export class PeopleState {
  filter = $state<PeopleFilter>('all');
  /** What the names of those listed begin with; empty for everybody. */
  text = $state('');
  /** How many each filter would list; null until the engine has told. */
  counts = $state.raw<Readonly<Record<PeopleFilter, number>> | null>(null);
  readonly list: PagedList<PersonSummary>;
  readonly selection = new Selection<PersonId>();
  readonly cursor = new GridCursor();
  editingId = $state<PersonId | null>(null);
  drag = $state.raw<Drag | null>(null);
  isSelectingAll = $state(false);
  /** Where the grid was left, so that coming back finds it there. */
  scrollOffset = 0;
  readonly #api: KindredApi;
  readonly #actions: Actions;
  #releaseEditing: (() => void) | null = null;
  #releaseDrag: (() => void) | null = null;

  constructor(api: KindredApi, actions: Actions) {
    this.#api = api;
    this.#actions = actions;
    this.list = new PagedList(this.#sourceOf('all'));
  }

  show(filter: PeopleFilter): Promise<void> {
    return this.#showOther(filter, this.text);
  }

  /** Only people whose name, or a word of it, begins so. */
  search(text: string): Promise<void> {
    return this.#showOther(this.filter, text.trim());
  }

  async #showOther(filter: PeopleFilter, text: string): Promise<void> {
    if (filter === this.filter && text === this.text) return;
    this.filter = filter;
    this.text = text;
    this.selection.clear();
    this.cursor.index = 0;
    this.scrollOffset = 0;
    await this.list.reset(this.#sourceOf(filter));
  }

  refresh(): Promise<void> {
    return this.list.refresh();
  }

  find(personId: PersonId): PersonSummary | null {
    return this.list.items.find((person) => person?.id === personId) ?? null;
  }

  get selectedPeople(): readonly PersonSummary[] {
    return this.list.items.filter((person): person is PersonSummary => person !== undefined && this.selection.has(person.id));
  }

  async selectAll(): Promise<void> {
    if (this.isSelectingAll) return;
    this.isSelectingAll = true;
    try {
      this.selection.replace((await this.list.loadAll()).map((person) => person.id));
    } catch (error) {
      this.#actions.reportError(error);
    } finally {
      this.isSelectingAll = false;
    }
  }

  /** While a name is typed nobody moves: the list is fetched again afterwards. */
  startEditing(personId: PersonId): void {
    this.stopEditing();
    this.editingId = personId;
    this.#releaseEditing = this.list.hold();
  }

  stopEditing(): void {
    this.editingId = null;
    this.#releaseEditing?.();
    this.#releaseEditing = null;
  }

  /** Dragging one of several selected people drags them all. */
  startDrag(personId: PersonId): void {
    this.#releaseDrag?.();
    this.#releaseDrag = this.list.hold();
    const sourceIds = this.selection.has(personId) ? [...this.selection.ids] : [personId];
    this.drag = { sourceIds, targetId: null };
  }

  /** @returns whether a drop would be taken here */
  dragOver(personId: PersonId | null): boolean {
    if (this.drag === null) return false;
    const targetId = personId !== null && !this.drag.sourceIds.includes(personId) ? personId : null;
    if (targetId !== this.drag.targetId) this.drag = { ...this.drag, targetId };
    return targetId !== null;
  }

  endDrag(): void {
    this.drag = null;
    this.#releaseDrag?.();
    this.#releaseDrag = null;
  }

  /** The person dropped on stays, with its name; where it has none, the only name among the dragged is kept. */
  async drop(): Promise<void> {
    const { drag } = this;
    this.endDrag();
    if (drag === null || drag.targetId === null) return;
    const target = this.find(drag.targetId);
    const namedSources = drag.sourceIds
      .map((id) => this.find(id))
      .filter((person): person is PersonSummary => person !== null && person.name !== null);
    const [onlyNamed] = namedSources;
    if (target?.name === null && namedSources.length === 1 && onlyNamed !== undefined) {
      const others = [drag.targetId, ...drag.sourceIds].filter((id) => id !== onlyNamed.id);
      await this.merge(onlyNamed.id, others);
      return;
    }
    await this.merge(drag.targetId, drag.sourceIds);
  }

  /** @returns whether it was done; a failure brings everybody back */
  async merge(target: PersonId, sources: readonly PersonId[]): Promise<boolean> {
    this.selection.clear();
    const outcome = await this.#takeAway(sources, () => this.#actions.mergePeople(target, sources));
    if (outcome.isDone) this.showPerson(outcome.value.person);
    return outcome.isDone;
  }

  async ignore(people: readonly PersonSummary[]): Promise<boolean> {
    const ids = people.map((person) => person.id);
    this.selection.remove(ids);
    return (await this.#takeAway(ids, () => this.#actions.ignorePeople(people))).isDone;
  }

  async restore(person: PersonSummary): Promise<boolean> {
    return (await this.#takeAway([person.id], () => this.#actions.restorePerson(person))).isDone;
  }

  /** Puts a person's new facts in their place; nobody moves before the list is fetched again. */
  showPerson(person: PersonSummary): void {
    this.list.update(
      ({ id }) => id === person.id,
      () => person,
    );
  }

  /** Takes somebody out of the list who has gone into another. */
  forget(personId: PersonId): void {
    this.list.remove(({ id }) => id === personId);
  }

  /** They vanish at once; only where it fails is the list fetched again. */
  async #takeAway<Value>(personIds: readonly PersonId[], act: () => Promise<Outcome<Value>>): Promise<Outcome<Value>> {
    const gone = new Set(personIds);
    const release = this.list.hold();
    this.list.remove((person) => gone.has(person.id));
    const outcome = await act();
    release();
    if (!outcome.isDone) await this.list.refresh();
    return outcome;
  }

  #sourceOf(filter: PeopleFilter): PageSource<PersonSummary> {
    return async ({ offset, limit }) => {
      const { total, people, counts } = await this.#api.call('people.list', { offset, limit, filter, text: this.text });
      this.counts = { ...counts, all: counts.named + counts.unnamed };
      return { total, items: people };
    };
  }
}
