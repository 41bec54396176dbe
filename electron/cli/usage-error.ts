/** Thrown where a command was called in a way that cannot be meant: exit code 2. */

export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}
