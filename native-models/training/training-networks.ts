/** Builds the networks that can be trained from nothing, by name. */

import type { LayersModel } from '@tensorflow/tfjs-layers';
import { AppError } from '../../electron/base/errors.ts';
import { buildSmallNetwork } from './small-network.ts';

export interface NetworkRequest {
  /** In any case. */
  readonly name: string;
  readonly dims: number;
  readonly seed: number;
}

const builders: Readonly<Record<string, (request: NetworkRequest) => LayersModel>> = {
  small: buildSmallNetwork,
};

/** @returns [n, height, width, 3] of -1 to 1 in, [n, dims] out
 *  @throws AppError "not-found" for a name that nobody knows */
export function buildTrainingNetwork(request: NetworkRequest): LayersModel {
  const build = builders[request.name.toLowerCase()];
  if (build === undefined) {
    throw new AppError('not-found', `Expected one of ${Object.keys(builders).join(', ')} but received ${request.name}`, {
      parameters: { kind: 'network', name: request.name },
    });
  }
  return build(request);
}
