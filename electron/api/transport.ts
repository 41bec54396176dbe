/** What a host supplies to carry the API: a two-way pipe of structured messages, nothing else. */

export interface Transport {
  /** @param message structured-cloneable and JSON-safe */
  send(message: unknown): void;
  /** In place of a message that is too large to be read, the listener gets the AppError "too-much". */
  onMessage(listener: (message: unknown) => void): () => void;
  onClose(listener: () => void): () => void;
  /** Whether the other side takes in less than it is sent: what can wait, waits for `onDrain`. */
  isCongested(): boolean;
  onDrain(listener: () => void): () => void;
  close(): void;
}
