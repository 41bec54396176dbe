/** The networks of a model pack, loaded on one runtime, with what reads their answers. */

import type { LoadedPack } from '../../native-models/packs/load-pack.ts';
import type { Detector, Embedder, Landmarker } from '../../native-models/packs/manifest.ts';
import type { Network, Runtime } from '../../native-models/runtime/runtime.ts';
import { batchNetwork, type BatchOptions } from './batch-network.ts';
import { createDetectionReader, type DetectionReader } from './decode-detections.ts';

export interface AnalysisNetworks {
  readonly detector: { readonly network: Network; readonly manifest: Detector; readonly read: DetectionReader };
  /** Null where the detector places the landmarks. */
  readonly landmarker: { readonly network: Network; readonly manifest: Landmarker } | null;
  readonly embedder: { readonly network: Network; readonly manifest: Embedder };
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
  const detector = await load(pack.detector);
  const landmarker = pack.landmarker === null ? null : await load(pack.landmarker);
  const embedder = await load(pack.embedder);
  return {
    detector: { network: detector, manifest: manifest.detector, read: createDetectionReader(manifest.detector) },
    landmarker:
      landmarker === null || manifest.landmarker === null ? null : { network: landmarker, manifest: manifest.landmarker },
    embedder: { network: embedder, manifest: manifest.embedder },
    async dispose() {
      for (const network of [detector, landmarker, embedder]) await network?.dispose();
    },
  };
}
