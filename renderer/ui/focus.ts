/** Where the keyboard goes when what it stood on is gone: never to the page itself, from which no key leads anywhere. */

/** The part of the window that the view is drawn in. */
const mainId = 'content';

export function findMain(): HTMLElement | null {
  return document.querySelector<HTMLElement>(`#${mainId}`);
}

/** Whether the keyboard stands on nothing: what had the focus has been taken away. */
export function isFocusLost(): boolean {
  const { activeElement } = document;
  return activeElement === null || activeElement === document.body || activeElement === document.documentElement;
}

/** Gives the keyboard back to `opener`, or to the view where that is gone; not where it stands on something already. */
export function giveFocusBack(opener: Element | null): void {
  if (!isFocusLost()) return;
  const isUsable = opener instanceof HTMLElement && opener.isConnected && opener !== document.body;
  if (isUsable) opener.focus({ preventScroll: true });
  if (isFocusLost()) findMain()?.focus({ preventScroll: true });
}
