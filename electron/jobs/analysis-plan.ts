/** What a job that looks at photos is told: with which pack, how thoroughly, and how the faces are compared. */

import type { SuggestionOptions } from '../clustering/suggestions/types.ts';
import type { ClusteringOptions } from '../clustering/types.ts';
import type { AnalysisKey } from '../database/library-database.ts';
import type { AnalyzerSetup } from './analyzer-lease.ts';

/** A pack as a clustering knows it. */
export interface ClusteringPack {
  readonly packId: number;
  readonly clustering: ClusteringOptions;
  readonly suggestions: SuggestionOptions;
}

export interface AnalysisPlan extends ClusteringPack {
  readonly setup: AnalyzerSetup;
  readonly analysis: AnalysisKey;
}
