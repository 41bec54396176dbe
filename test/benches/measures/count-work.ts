/** Counts what photos make an import do: runs of each network, and at which size, by analyzing them once. */

import { readFile } from 'node:fs/promises';
import { analysisDefaults } from '../../../electron/engine/config.ts';
import { analyzePhoto } from '../../../electron/pipeline/analyze-photo.ts';
import { createNetworkFinder } from '../../../electron/pipeline/face-finder.ts';
import { loadNetworks } from '../../../electron/pipeline/networks.ts';
import { createRuntime } from '../../../native-models/runtime/create-runtime.ts';
import type { Network, RuntimeName } from '../../../native-models/runtime/runtime.ts';
import { loadStandardPack } from '../../support/standard-pack.ts';

export interface WorkCount {
  /** Pictures shown to the detector, by height and width in input pixels, such as "256x256". */
  readonly detectorRuns: Readonly<Record<string, number>>;
  readonly landmarkerRuns: number;
  readonly embedderRuns: number;
}

/** @param files photos that can be read */
export async function countWork(files: readonly string[], runtimeName: RuntimeName): Promise<WorkCount> {
  const detectorRuns: Record<string, number> = {};
  const counts = { landmarker: 0, embedder: 0 };
  const runtime = await createRuntime(runtimeName, { threads: 1 });
  const networks = await loadNetworks(runtime, await loadStandardPack());
  const { detector, landmarker, embedder } = networks;
  const countedDetector = {
    ...detector,
    network: watchRuns(detector.network, ([rows = 0, , height, width]) => {
      const size = `${height}x${width}`;
      detectorRuns[size] = (detectorRuns[size] ?? 0) + rows;
    }),
  };
  const counted = {
    ...networks,
    detector: countedDetector,
    finder: createNetworkFinder(countedDetector),
    landmarker: landmarker && { ...landmarker, network: watchRuns(landmarker.network, ([rows = 0]) => (counts.landmarker += rows)) },
    embedder: { ...embedder, network: watchRuns(embedder.network, ([rows = 0]) => (counts.embedder += rows)) },
  };
  for (const file of files) await analyzePhoto(counted, await readFile(file), analysisDefaults);
  await networks.dispose();
  await runtime.dispose();
  return { detectorRuns, landmarkerRuns: counts.landmarker, embedderRuns: counts.embedder };
}

function watchRuns(network: Network, tell: (shape: readonly number[]) => void): Network {
  return {
    ...network,
    run(inputs) {
      tell(Object.values(inputs)[0]!.shape);
      return network.run(inputs);
    },
  };
}
