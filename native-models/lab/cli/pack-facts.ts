/** Says of a pack what evaluations of clusterings need: its distance, and how log-odds fall with it. */

import type { ClusteringOptions } from '../../../electron/clustering/types.ts';
import type { PackFacts } from '../evaluation/clustering-methods.ts';
import type { PackManifest } from '../../packs/manifest.ts';

/** Of the standard pack's calibration, times its distance: packs without a calibration are taken to be as sure. */
const slopePerDistance = 31.21 * 1.04;
const usualMaxLogOdds = 8;

export function describePackFacts({ calibration }: PackManifest, clustering: ClusteringOptions): PackFacts {
  return {
    clustering,
    slope: calibration?.best.slope ?? slopePerDistance / clustering.maxDistance,
    maxLogOdds: calibration?.maxLogOdds ?? usualMaxLogOdds,
  };
}
