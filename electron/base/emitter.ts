/** A typed event emitter whose subscriptions are undone by calling what `on` returned. */

export class Emitter<Event> {
  readonly #listeners = new Set<(event: Event) => void>();

  on(listener: (event: Event) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  emit(event: Event): void {
    for (const listener of [...this.#listeners]) listener(event);
  }
}
