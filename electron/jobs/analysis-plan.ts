/** What a job that looks at photos is told: with which pack, how thoroughly, and how the faces are compared. */

import type { SuggestionOptions } from '../clustering/suggestions/types.ts';
import type { ClusteringOptions } from '../clustering/types.ts';
import type { AnalysisKey } from '../database/library-database.ts';
import type { AnalyzerSetup } from './analyzer-lease.ts';

/** How faces are compared: by a pack's embeddings, and how near two have to be. */
export interface ClusteringPlan {
  readonly packId: number;
  readonly clustering: ClusteringOptions;
  readonly suggestions: SuggestionOptions;
}

export interface AnalysisPlan extends ClusteringPlan {
  readonly setup: AnalyzerSetup;
  readonly analysis: AnalysisKey;
}
