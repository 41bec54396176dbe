/** Short messages at the edge of the window: the newest of what was done, with its undo, and errors until they are read. */

export interface ToastAction {
  readonly label: 'undo' | 'redo' | 'history' | 'retry';
  run(): void;
}

export interface Toast {
  readonly id: number;
  readonly tone: 'info' | 'error';
  readonly text: string;
  readonly action: ToastAction | null;
}

/** Runs `callback` after `delayMs` and returns how to prevent it: a clock that tests can hold. */
export type Schedule = (callback: () => void, delayMs: number) => () => void;

export const scheduleWithTimers: Schedule = (callback, delayMs) => {
  const timer = setTimeout(callback, delayMs);
  return () => clearTimeout(timer);
};

const infoLifetimeMs = 8_000;
const errorLifetimeMs = 14_000;
const errorsAtMost = 2;

export class Toasts {
  list = $state.raw<readonly Toast[]>([]);
  readonly #schedule: Schedule;
  readonly #cancellations = new Map<number, () => void>();
  #nextId = 1;

  constructor(schedule: Schedule = scheduleWithTimers) {
    this.#schedule = schedule;
  }

  show(toast: { tone?: Toast['tone']; text: string; action?: ToastAction | null }): number {
    const shown: Toast = {
      id: this.#nextId,
      tone: toast.tone ?? 'info',
      text: toast.text,
      action: toast.action ?? null,
    };
    this.#nextId += 1;
    // Undo goes backwards one at a time, so an older offer to undo would promise the wrong thing.
    const staying = this.list.filter((entry) => entry.tone !== shown.tone || shown.tone === 'error');
    const errors = staying.filter((entry) => entry.tone === 'error').slice(shown.tone === 'error' ? 1 - errorsAtMost : 0);
    const kept = staying.filter((entry) => entry.tone === 'info' || errors.includes(entry));
    for (const entry of this.list) if (!kept.includes(entry)) this.pause(entry.id);
    this.list = [...kept, shown];
    this.resume(shown.id);
    return shown.id;
  }

  /** While someone points at a toast or has its button in focus it stays. */
  pause(id: number): void {
    this.#cancellations.get(id)?.();
    this.#cancellations.delete(id);
  }

  resume(id: number): void {
    const toast = this.list.find((entry) => entry.id === id);
    if (toast === undefined) return;
    this.pause(id);
    const lifetimeMs = toast.tone === 'error' ? errorLifetimeMs : infoLifetimeMs;
    this.#cancellations.set(
      id,
      this.#schedule(() => this.dismiss(id), lifetimeMs),
    );
  }

  dismiss(id: number): void {
    this.pause(id);
    this.list = this.list.filter((entry) => entry.id !== id);
  }
}
