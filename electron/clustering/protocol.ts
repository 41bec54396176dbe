/** What passes between the clusterer and its worker thread. */

import type { SerializedError } from '../base/errors.ts';
import type { ClusteringScope } from './cluster-faces.ts';
import type { ClusteringInput, ClusteringOptions, ClusteringResult } from './types.ts';

export interface ClusterRequest {
  readonly requestId: number;
  readonly input: ClusteringInput;
  readonly options: ClusteringOptions;
  readonly scope: ClusteringScope;
  /** [1], shared: the worker reads it while it computes and hears no messages; 1 means stop. */
  readonly cancelFlag: Int32Array;
}

export type ClusterReply =
  | { readonly requestId: number; readonly kind: 'progress'; readonly done: number }
  | { readonly requestId: number; readonly kind: 'result'; readonly result: ClusteringResult }
  | { readonly requestId: number; readonly kind: 'error'; readonly error: SerializedError };
