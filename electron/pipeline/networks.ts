/** The three networks of a model pack, loaded on one runtime. */

import type { LoadedPack } from '../../native-models/packs/load-pack.ts';
import type { PackManifest } from '../../native-models/packs/manifest.ts';
import type { Network, Runtime } from '../../native-models/runtime/runtime.ts';

export interface AnalysisNetworks {
  readonly manifest: PackManifest;
  readonly detector: Network;
  readonly landmarker: Network;
  readonly embedder: Network;
  dispose(): Promise<void>;
}

/** @throws AppError "unsupported-operator", "model-mismatch" */
export async function loadNetworks(runtime: Runtime, pack: LoadedPack): Promise<AnalysisNetworks> {
  const detector = await runtime.load(pack.detector);
  const landmarker = await runtime.load(pack.landmarker);
  const embedder = await runtime.load(pack.embedder);
  return {
    manifest: pack.manifest,
    detector,
    landmarker,
    embedder,
    async dispose() {
      for (const network of [detector, landmarker, embedder]) await network.dispose();
    },
  };
}
