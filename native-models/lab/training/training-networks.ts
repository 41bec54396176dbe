/** Builds the networks that can be trained from nothing, by name: FaceNet's six, and a small one. */

import type { LayersModel } from '@tensorflow/tfjs-layers';
import { AppError } from '../../../electron/base/errors.ts';
import { buildNetwork, type BuildOptions } from '../networks/build-network.ts';
import { networkNames } from '../networks/network-spec.ts';
import { buildSmallNetwork } from './small-network.ts';

export interface NetworkRequest {
  /** In any case. */
  readonly name: string;
  /** Length of an embedding. */
  readonly dims: number;
  readonly seed: number;
  /** Of FaceNet's networks; the small one has batch normalisation. */
  readonly normalisation: NonNullable<BuildOptions['normalisation']>;
}

/** @returns [n, height, width, 3] of -1 to 1 in, [n, dims] out
 *  @throws AppError "not-found" for a name that nobody knows */
export function buildTrainingNetwork({ name, ...options }: NetworkRequest): LayersModel {
  if (name.toLowerCase() === 'small') return buildSmallNetwork(options);
  const known = networkNames.find((one) => one.toLowerCase() === name.toLowerCase());
  if (known === undefined) {
    throw new AppError('not-found', `Expected one of ${[...networkNames, 'small'].join(', ')} but received ${name}`, {
      parameters: { kind: 'network', name },
    });
  }
  return buildNetwork(known, options);
}
