/** Where the keyboard goes when what it stood on is gone: never to the page itself, from which no key leads anywhere. */

/** The part of the window that the view is drawn in. */
const mainId = 'content';
const tabbable = 'a[href], button:not(:disabled), input:not(:disabled), select:not(:disabled), [tabindex="0"]';
/** Menus and dialogs give the keyboard back by themselves, some frames after they have gone. */
const framesToWait = 3;
/** A view that comes may still fetch what the keyboard stood on. */
const framesToFind = 60;

export function findMain(): HTMLElement | null {
  return document.querySelector<HTMLElement>(`#${mainId}`);
}

/** Whether the keyboard stands on nothing: what had the focus has been taken away. */
export function isFocusLost(): boolean {
  const { activeElement } = document;
  return activeElement === null || activeElement === document.body || activeElement === document.documentElement;
}

/** Whether the keyboard stands on nothing that somebody has chosen. */
export function isFocusFree(): boolean {
  return isFocusLost() || document.activeElement === findMain();
}

/** Gives the keyboard back to `opener`, or to the view where that is gone; not where it stands on something already. */
export function giveFocusBack(opener: Element | null): void {
  if (!isFocusLost()) return;
  const isUsable = opener instanceof HTMLElement && opener.isConnected && opener !== document.body;
  if (isUsable) opener.focus({ preventScroll: true });
  if (isFocusLost()) findMain()?.focus({ preventScroll: true });
}

/** Watches over the keyboard: where what it stands on is taken away or switched off, it goes to what is nearest.
 *  @returns how to stop */
export function guardFocus(): () => void {
  /** What has the focus, and all that it lies in, from the inside out. */
  let path: readonly Element[] = [];
  /** What had it before it came to the messages and bars at the foot, which go by themselves. */
  let before: Element | null = null;
  let isChecking = false;

  const note = ({ target, relatedTarget }: FocusEvent): void => {
    if (!(target instanceof Element)) return;
    const isPassing = target.closest('.foot') !== null;
    if (!isPassing) before = target;
    else if (relatedTarget instanceof Element && relatedTarget.closest('.foot') === null) before = relatedTarget;
    path = listAncestors(target);
  };
  const check = async (): Promise<void> => {
    if (isChecking || !isFocusLost() || !isGone(path[0])) return;
    isChecking = true;
    for (let frame = 0; frame < framesToWait; frame += 1) await nextFrame();
    isChecking = false;
    if (!isFocusLost() || !isGone(path[0])) return;
    const isPassing = path.some((element) => element.classList.contains('foot'));
    if (isPassing && before?.isConnected === true) giveFocusBack(before);
    else (findNearest(path) ?? findMain())?.focus({ preventScroll: true });
  };
  const observer = new MutationObserver(() => void check());
  document.addEventListener('focusin', note);
  observer.observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ['disabled'] });
  return () => {
    document.removeEventListener('focusin', note);
    observer.disconnect();
  };
}

/** Remembers of a view that is left where the keyboard was, by what stays the same when it is drawn again. */
export function describeFocus(): string | null {
  const { activeElement } = document;
  if (!(activeElement instanceof HTMLElement) || activeElement.closest(`#${mainId}`) === null) return null;
  const item = activeElement.closest<HTMLElement>('[data-id]')?.dataset['id'];
  if (item !== undefined) return `[data-id="${CSS.escape(item)}"]`;
  const { testid } = activeElement.dataset;
  const address = activeElement.getAttribute('href');
  if (address !== null) return `a[href="${CSS.escape(address)}"]`;
  return testid === undefined ? null : `[data-testid="${CSS.escape(testid)}"]`;
}

/** Puts the keyboard on what `selector` finds in the view, once it is there, or else on the view; not where somebody has
 *  put it elsewhere meanwhile. */
export async function restoreFocus(selector: string): Promise<void> {
  for (let frame = 0; frame < framesToFind; frame += 1) {
    if (!isFocusFree()) return;
    const found = findMain()?.querySelector<HTMLElement>(selector) ?? null;
    found?.focus({ preventScroll: true });
    // A row that has just come is hidden until it is measured, and what is hidden cannot have the focus.
    if (found !== null && document.activeElement === found) return;
    await nextFrame();
  }
  giveFocusBack(null);
}

function listAncestors(element: Element): Element[] {
  const path: Element[] = [];
  for (let at: Element | null = element; at !== null && at !== document.body; at = at.parentElement) path.push(at);
  return path;
}

function isGone(element: Element | undefined): boolean {
  if (element === undefined) return true;
  return !element.isConnected || ('disabled' in element && element.disabled === true);
}

/** @returns what can have the focus in the innermost of what is left, short of the whole view */
function findNearest(path: readonly Element[]): HTMLElement | null {
  for (const element of path.slice(1)) {
    if (element.id === mainId) return null;
    if (!element.isConnected) continue;
    const found = [...element.querySelectorAll<HTMLElement>(tabbable)].find((candidate) => candidate.getClientRects().length > 0);
    if (found !== undefined) return found;
  }
  return null;
}

function nextFrame(): Promise<unknown> {
  return new Promise((resolve) => requestAnimationFrame(resolve));
}
