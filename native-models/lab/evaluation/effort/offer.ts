/** Something that a simulated user may do next, and what it costs and brings. */

export const actionKinds = ['name', 'merge', 'assign', 'clean', 'ignore', 'question', 'recluster', 'split', 'strangers'] as const;
export type ActionKind = (typeof actionKinds)[number];

export interface Offer {
  readonly kind: ActionKind;
  /** Clicks, keys and names typed. */
  readonly cost: number;
  /** Faces that become right. */
  readonly gain: number;
  /** Wrong faces that leave people with names. */
  readonly cleans: number;
  perform(): Promise<void>;
}

/** One of several things that one action is done to: a face or a card to click on. */
export interface BatchItem {
  readonly target: string;
  readonly gain: number;
}

/** @returns the items worth most, as many as `missing` faces need; of everything the user selects no more than that */
export function selectItems(items: readonly BatchItem[], missing: number): BatchItem[] {
  const selected: BatchItem[] = [];
  let gained = 0;
  for (const item of [...items].sort((one, other) => other.gain - one.gain)) {
    if (gained >= missing || item.gain <= 0) break;
    selected.push(item);
    gained += item.gain;
  }
  return selected;
}

export function sumGains(items: readonly BatchItem[]): number {
  return items.reduce((sum, { gain }) => sum + gain, 0);
}
