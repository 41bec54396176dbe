/** One thing that `kindred doctor` has looked at. */

export interface Finding {
  readonly id: string;
  readonly name: string;
  /** missing: not there; broken: there, but not as it should be. */
  readonly state: 'ok' | 'missing' | 'broken';
  readonly detail: string;
  /** What to do about it; null where nothing needs to be done. */
  readonly remedy: string | null;
}
