/** Gathers what has changed and tells it a few times a second at most, so that views do not fetch without end. */

import type { ChangedIds, ChangeTopic, EventPayload } from '../api/contract.ts';
import { Emitter } from '../base/emitter.ts';

const gatherMs = 120;
/** More of a kind are told as null: whoever shows so many fetches again what is on screen. */
const mostIds = 1000;

const idTopics = ['people', 'faces', 'photos'] as const;
type IdTopic = (typeof idTopics)[number];

export class ChangeNotifier {
  readonly changes = new Emitter<EventPayload<'changed'>>();
  readonly #topics = new Set<ChangeTopic>();
  /** Null where it is too much, or not known which. */
  readonly #ids: Record<IdTopic, Set<string> | null> = { people: new Set(), faces: new Set(), photos: new Set() };
  #timer: NodeJS.Timeout | null = null;

  /** Of people, faces and photos among the topics any may have changed. */
  notify(...topics: ChangeTopic[]): void {
    for (const topic of idTopics) if (topics.includes(topic)) this.#ids[topic] = null;
    this.#gather(topics);
  }

  /** No others than these have changed. */
  notifyOf(topics: readonly ChangeTopic[], changed: ChangedIds): void {
    for (const topic of idTopics) this.#addIds(topic, changed[topic]);
    this.#gather(topics);
  }

  flush(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#topics.size === 0) return;
    const topics = [...this.#topics];
    const [people, faces, photos] = idTopics.map((topic) => this.#takeIds(topic));
    this.#topics.clear();
    this.changes.emit({ topics, people, faces, photos } as EventPayload<'changed'>);
  }

  #gather(topics: readonly ChangeTopic[]): void {
    for (const topic of topics) this.#topics.add(topic);
    this.#timer ??= setTimeout(() => this.flush(), gatherMs);
  }

  #addIds(topic: IdTopic, added: readonly string[] | null): void {
    const known = this.#ids[topic];
    if (known === null) return;
    for (const id of added ?? []) known.add(id);
    if (added === null || known.size > mostIds) this.#ids[topic] = null;
  }

  #takeIds(topic: IdTopic): string[] | null {
    const ids = this.#ids[topic];
    this.#ids[topic] = new Set();
    return ids === null ? null : [...ids];
  }
}
