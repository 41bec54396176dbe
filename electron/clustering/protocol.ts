/** What passes between the clusterer and its worker thread. */

import type { PackedError } from '../base/thread-errors.ts';
import type { ClusteringScope } from './cluster-faces.ts';
import type { Answer, Inquiry } from './suggestions/answer.ts';
import type { SuggestionOptions } from './suggestions/types.ts';
import type { ClusteringOptions, ClusteringResult } from './types.ts';
import type { ClusteringInput } from '../terms/clustering-input.ts';

export interface ClustererData {
  /** Where lists of neighbours are kept from one session to the next; null to keep none. */
  readonly neighboursFolder: string | null;
}

export type ClusterTask =
  | { readonly kind: 'missing'; readonly rows: Float64Array; readonly embeddingLength: number }
  | { readonly kind: 'cluster'; readonly input: ClusteringInput; readonly scope: ClusteringScope }
  | { readonly kind: 'ask'; readonly input: ClusteringInput; readonly suggestions: SuggestionOptions; readonly inquiry: Inquiry };

export interface ClusterRequest {
  readonly requestId: number;
  readonly options: ClusteringOptions;
  readonly task: ClusterTask;
  /** [1], shared: the worker reads it while it computes and hears no messages; 1 means stop. */
  readonly cancelFlag: Int32Array;
}

export type ClusterOutcome = Int32Array | ClusteringResult | Answer<Inquiry['kind']>;

export type ClusterReply =
  | { readonly requestId: number; readonly kind: 'progress'; readonly done: number }
  | { readonly requestId: number; readonly kind: 'result'; readonly result: ClusterOutcome }
  | { readonly requestId: number; readonly kind: 'error'; readonly error: PackedError };
