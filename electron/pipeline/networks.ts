/** The networks of a model pack, loaded on one runtime, with what reads their answers. */

import type { LoadedPack } from '../../native-models/packs/load-pack.ts';
import type { Embedder, Landmarker } from '../../native-models/packs/manifest.ts';
import type { Network, Runtime } from '../../native-models/runtime/runtime.ts';
import { batchNetwork, type BatchOptions } from './batch-network.ts';
import { createDetectionReader } from './decode-detections.ts';
import { createNetworkFinder, cutPlainChip, type ChipCutter, type FaceFinder } from './face-finder.ts';
import type { PlacedDetector } from './run-detector.ts';

export interface AnalysisNetworks {
  readonly detector: PlacedDetector;
  /** Null where the detector places the landmarks. */
  readonly landmarker: { readonly network: Network; readonly manifest: Landmarker } | null;
  readonly embedder: { readonly network: Network; readonly manifest: Embedder };
  /** By the detector, unless something else is put in its place. */
  readonly finder: FaceFinder;
  readonly cutChip: ChipCutter;
  dispose(): Promise<void>;
}

/** @param batches how photos that are analyzed at the same time share runs; by default each runs for itself
 *  @throws AppError "unsupported-operator", "model-mismatch" */
export async function loadNetworks(
  runtime: Runtime,
  pack: LoadedPack,
  batches: BatchOptions = { preferredBatch: 1, waitMs: 0 },
): Promise<AnalysisNetworks> {
  const { manifest } = pack;
  const load = async (model: Uint8Array): Promise<Network> => batchNetwork(await runtime.load(model), batches);
  const network = await load(pack.detector);
  const landmarker = pack.landmarker === null ? null : await load(pack.landmarker);
  const embedder = await load(pack.embedder);
  const detector = { network, manifest: manifest.detector, read: createDetectionReader(manifest.detector) };
  return {
    detector,
    landmarker:
      landmarker === null || manifest.landmarker === null ? null : { network: landmarker, manifest: manifest.landmarker },
    embedder: { network: embedder, manifest: manifest.embedder },
    finder: createNetworkFinder(detector),
    cutChip: cutPlainChip,
    async dispose() {
      for (const loaded of [network, landmarker, embedder]) await loaded?.dispose();
    },
  };
}
