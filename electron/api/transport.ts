/** What a host supplies to carry the API: a two-way pipe of structured messages, nothing else. */

export interface Transport {
  /** @param message structured-cloneable and JSON-safe */
  send(message: unknown): void;
  onMessage(listener: (message: unknown) => void): () => void;
  onClose(listener: () => void): () => void;
  close(): void;
}
