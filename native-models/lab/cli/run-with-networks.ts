/** Loads a pack's networks into this process for studies that change what they see, with progress and Ctrl-C. */

import type { AnalysisNetworks } from '../../../electron/pipeline/networks.ts';
import type { PackManifest } from '../../packs/manifest.ts';
import type { LabContext } from './lab-runner.ts';
import { watchPhotos, type PhotoWatch } from './watch-photos.ts';

export interface LoadedNetworks {
  readonly networks: AnalysisNetworks;
  readonly pack: PackManifest;
  /** For people. */
  readonly runtime: string;
}

/** On ONNX Runtime's CPU unless the user names a runtime: nothing is measured for one study.
 *  @throws AppError "not-found", "model-missing", "model-mismatch", "runtime-unavailable", and "cancelled" after Ctrl-C */
export async function runWithNetworks<Result>(
  context: LabContext,
  packName: string,
  study: (loaded: LoadedNetworks, watch: Pick<PhotoWatch, 'signal' | 'onProgress'>) => Promise<Result>,
): Promise<Result> {
  const { environment, folders, runtime: asked = 'auto' } = context;
  const [{ loadNetworks }, { createRuntime }, { easePackForCpu }] = await Promise.all([
    import('../../../electron/pipeline/networks.ts'),
    import('../../runtime/create-runtime.ts'),
    import('../../runtime/ease-for-cpu.ts'),
  ]);
  const pack = await (await environment.openPacks(folders)).load(packName);
  const runtime = await createRuntime(asked === 'auto' ? 'onnx' : asked);
  const watch = watchPhotos(context);
  try {
    const networks = await loadNetworks(runtime, runtime.name === 'onnx' ? await easePackForCpu(pack) : pack);
    try {
      return await study({ networks, pack: pack.manifest, runtime: runtime.description }, watch);
    } finally {
      await networks.dispose();
    }
  } finally {
    watch.close();
    await runtime.dispose();
  }
}
