/** What a pool and its workers say to each other. */

import type { PackedError } from '../base/thread-errors.ts';
import type { LoadedPack } from '../../native-models/packs/load-pack.ts';
import type { Device, RuntimeName } from '../../native-models/runtime/runtime.ts';
import type { AnalysisOptions } from './analyze-photo.ts';
import type { AnalyzedPhoto, SettledFace } from '../terms/analyzed-photo.ts';

/** What a worker starts with. */
export interface WorkerSetup {
  readonly runtime: RuntimeName;
  readonly pack: LoadedPack;
  readonly options: AnalysisOptions;
  /** Where squares of faces are kept; null where none are. */
  readonly picturesFolder: string | null;
}

/** What a worker knows once its runtime is open. */
export interface AnalyzerFacts {
  /** For people: library and version of what runs the networks. */
  readonly description: string;
  readonly device: Device;
  /** Photos that it takes at a time. */
  readonly photosAtOnce: number;
}

export type ToWorker =
  | { readonly kind: 'analyze'; readonly id: number; readonly path: string | Uint8Array; readonly keepsSquares: boolean }
  /** Answers "hashed": a known photo is not looked at any further. */
  | {
      readonly kind: 'answer';
      readonly id: number;
      readonly isKnown: boolean;
      readonly settledFaces: readonly SettledFace[];
    }
  | { readonly kind: 'close' };

export type FromWorker =
  | ({ readonly kind: 'ready' } & AnalyzerFacts)
  | { readonly kind: 'unavailable'; readonly error: PackedError }
  /** The file is read; the worker waits for "answer". */
  | { readonly kind: 'hashed'; readonly id: number; readonly contentHash: Uint8Array }
  | { readonly kind: 'analyzed'; readonly id: number; readonly photo: AnalyzedPhoto }
  | { readonly kind: 'known'; readonly id: number }
  | { readonly kind: 'failed'; readonly id: number; readonly error: PackedError };
