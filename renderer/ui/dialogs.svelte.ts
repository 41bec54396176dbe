/** The dialogs that are open. Each is mounted when it is asked for, and answers as a promise. */

import type { Component } from 'svelte';

/** What every dialog's component is given beside its own props. */
export interface DialogFrame<Answer> {
  /** Closes the dialog; without an answer where the user has put it away. */
  readonly onclose: (answer?: Answer) => void;
}

type AnswerOf<Props> = Props extends DialogFrame<infer Answer> ? Answer : never;

export interface OpenDialog {
  readonly id: number;
  readonly component: Component<Record<string, unknown>>;
  readonly props: Readonly<Record<string, unknown>>;
  /** Where the keyboard was when it was asked for; there it goes back to. */
  readonly opener: Element | null;
  readonly close: (answer?: unknown) => void;
}

export class Dialogs {
  /** The last lies on top. */
  list = $state.raw<readonly OpenDialog[]>([]);
  #nextId = 1;

  get isOpen(): boolean {
    return this.list.length > 0;
  }

  /** @returns the answer, null where the dialog was put away without one */
  open<Props extends DialogFrame<never>>(component: Component<Props>, props: Omit<Props, 'onclose'>): Promise<AnswerOf<Props> | null> {
    const id = this.#nextId++;
    return new Promise((resolve) => {
      const close = (answer?: unknown): void => {
        this.list = this.list.filter((dialog) => dialog.id !== id);
        resolve((answer as AnswerOf<Props> | undefined) ?? null);
      };
      const opener = typeof document === 'undefined' ? null : document.activeElement;
      const shown = component as unknown as Component<Record<string, unknown>>;
      this.list = [...this.list, { id, component: shown, props: { ...props }, opener, close }];
    });
  }
}
