/** What passes between whoever wants a projection learnt and the worker thread that learns it. */

import type { SerializedError } from '../../../electron/base/errors.ts';
import type { LearningInput, LearningOptions, LearningOutcome } from './learn-projection.ts';

export interface LearningRequest {
  readonly input: LearningInput;
  readonly options: LearningOptions;
  /** [1], shared: the worker reads it while it computes and hears no messages; 1 means stop. */
  readonly cancelFlag: Int32Array;
}

export type LearningReply =
  | { readonly kind: 'progress'; readonly done: number }
  | { readonly kind: 'outcome'; readonly outcome: LearningOutcome }
  | { readonly kind: 'error'; readonly error: SerializedError };
