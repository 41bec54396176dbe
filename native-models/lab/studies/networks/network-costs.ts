/** What the six networks cost, beside what is published of them. */

import { describeNetwork, type LayerCosts } from '../../networks/describe-network.ts';
import { networkNames, type NetworkName } from '../../networks/network-spec.ts';

export interface NetworkStudyRow {
  readonly name: NetworkName;
  readonly total: LayerCosts;
  /** Null where nothing is published. */
  readonly published: { readonly parameters: number | null; readonly multiplyAdds: number | null };
  /** Percent, at a FAR of 1e-3 on the paper's hold-out set, with its standard error. */
  readonly publishedVal: { readonly mean: number; readonly standardError: number };
}

/** Source: FaceNet (Schroff, Kalenichenko, Philbin 2015), tables 1 to 3 and section 3.3. */
const published: Readonly<Record<NetworkName, readonly [parameters: number | null, multiplyAdds: number | null, val: number, error: number]>> = {
  NN1: [140e6, 1.6e9, 87.9, 1.9],
  NN2: [7.5e6, 1.6e9, 89.4, 1.6],
  NN3: [null, null, 88.3, 1.7],
  NN4: [null, 285e6, 82.0, 2.3],
  NNS1: [26e6, 220e6, 82.4, 2.4],
  NNS2: [4.3e6, 20e6, 51.9, 2.9],
};

export function studyNetworks(): NetworkStudyRow[] {
  return networkNames.map((name) => {
    const [parameters, multiplyAdds, mean, standardError] = published[name];
    return { name, total: describeNetwork(name).total, published: { parameters, multiplyAdds }, publishedVal: { mean, standardError } };
  });
}
