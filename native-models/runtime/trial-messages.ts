/** What a trial of a runtime is told, and what it says. */

import type { LoadedPack } from '../packs/load-pack.ts';
import type { Device, RuntimeName } from './runtime.ts';

/** What the process is told. */
export interface TrialRequest {
  readonly name: RuntimeName;
  readonly pack: LoadedPack | null;
}

/** What the process says: at most one "opened", any number of "running", then one of the others. */
export type TrialMessage =
  | { readonly kind: 'opened'; readonly description: string; readonly device: Device }
  | { readonly kind: 'running' }
  | { readonly kind: 'right'; readonly msPerPhoto: number }
  | { readonly kind: 'unchecked' }
  | { readonly kind: 'wrong' | 'missing' | 'failed'; readonly reason: string };
