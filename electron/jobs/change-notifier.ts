/** Gathers what has changed and tells it a few times a second at most, so that views do not fetch without end. */

import type { EventPayload } from '../api/contract.ts';
import { Emitter } from '../base/emitter.ts';

type Topic = EventPayload<'changed'>['topics'][number];

const gatherMs = 120;

export class ChangeNotifier {
  readonly changes = new Emitter<EventPayload<'changed'>>();
  readonly #topics = new Set<Topic>();
  #timer: NodeJS.Timeout | null = null;

  notify(...topics: Topic[]): void {
    for (const topic of topics) this.#topics.add(topic);
    this.#timer ??= setTimeout(() => this.flush(), gatherMs);
  }

  flush(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#topics.size === 0) return;
    const topics = [...this.#topics];
    this.#topics.clear();
    this.changes.emit({ topics });
  }
}
