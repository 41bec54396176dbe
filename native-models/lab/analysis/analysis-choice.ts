/** What evaluations may put in place of parts of the pipeline, by the names that the command line takes. */

import type { AnalysisNetworks } from '../../../electron/pipeline/networks.ts';
import { loadFaceHog } from '../hog/face-model.ts';
import { createHogFinder } from '../hog/hog-finder.ts';
import { cutFrontalChipOrPlain } from './frontal-cutter.ts';
import type { Alignment, DetectorName } from './part-names.ts';

export interface AnalysisChoice {
  readonly detector: DetectorName;
  readonly align: Alignment;
}

/** @returns the networks with what is chosen in their place; they are the same networks, to be disposed of once */
export function replaceParts(networks: AnalysisNetworks, { detector, align }: AnalysisChoice): AnalysisNetworks {
  return {
    ...networks,
    finder: detector === 'hog' ? createHogFinder(loadFaceHog()) : networks.finder,
    cutChip: align === 'frontal' ? cutFrontalChipOrPlain : networks.cutChip,
  };
}
