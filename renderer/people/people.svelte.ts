/** The grid of people: which are listed, which are selected, who is dragged on whom, and what is done to them. */

import type { KindredApi } from '../../electron/api/contract.ts';
import type { PeopleFilter, PersonSummary } from '../../electron/api/schemas.ts';
import type { PersonId } from '../../electron/base/ids.ts';
import type { Actions } from '../actions/actions.svelte.ts';
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

  async show(filter: PeopleFilter): Promise<void> {
    if (filter === this.filter) return;
    this.filter = filter;
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

  /** A name shows at once; the refreshed list brings the truth. */
  showName(personId: PersonId, name: string | null): void {
    this.list.update(
      (person) => person.id === personId,
      (person) => ({ ...person, name }),
    );
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
    const gone = new Set(sources);
    const release = this.list.hold();
    this.list.remove((person) => gone.has(person.id));
    this.selection.clear();
    try {
      const outcome = await this.#actions.mergePeople(target, sources);
      return outcome.isDone;
    } finally {
      release();
      await this.list.refresh();
    }
  }

  async ignore(people: readonly PersonSummary[]): Promise<boolean> {
    const gone = new Set(people.map((person) => person.id));
    const release = this.list.hold();
    this.list.remove((person) => gone.has(person.id));
    this.selection.remove(gone);
    try {
      return (await this.#actions.ignorePeople(people)).isDone;
    } finally {
      release();
      await this.list.refresh();
    }
  }

  async restore(person: PersonSummary): Promise<boolean> {
    const outcome = await this.#actions.restorePerson(person);
    await this.list.refresh();
    return outcome.isDone;
  }

  #sourceOf(filter: PeopleFilter): PageSource<PersonSummary> {
    return async ({ offset, limit }) => {
      const { total, people } = await this.#api.call('people.list', { offset, limit, filter });
      return { total, items: people };
    };
  }
}
