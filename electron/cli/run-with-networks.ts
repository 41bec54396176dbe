/** Loads a pack's networks into this process for studies that change what they see, with progress and Ctrl-C. */

import { ProgressMeter } from '../jobs/progress-meter.ts';
import type { AnalysisNetworks } from '../pipeline/networks.ts';
import { createJobProgress } from '../terminal/job-progress.ts';
import type { EvaluationProgress } from '../../native-models/evaluation/analyze-photos.ts';
import type { PackManifest } from '../../native-models/packs/manifest.ts';
import type { CommandContext } from './command-runner.ts';

export interface LoadedNetworks {
  readonly networks: AnalysisNetworks;
  readonly pack: PackManifest;
  /** For people. */
  readonly runtime: string;
}

export interface StudyWatch {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: EvaluationProgress) => void;
}

/** On ONNX Runtime's CPU unless the user names a runtime: nothing is measured for one study.
 *  @throws AppError "not-found", "model-missing", "model-mismatch", "runtime-unavailable", and "cancelled" after Ctrl-C */
export async function runWithNetworks<Result>(
  { environment, output, folders, runtime: asked = 'auto' }: CommandContext,
  packName: string,
  study: (loaded: LoadedNetworks, watch: StudyWatch) => Promise<Result>,
): Promise<Result> {
  const { loadNetworks } = await import('../pipeline/networks.ts');
  const { createRuntime } = await import('../../native-models/runtime/create-runtime.ts');
  const { easePackForCpu } = await import('../../native-models/runtime/ease-for-cpu.ts');
  const loaded = await (await environment.openPacks(folders)).load(packName);
  const runtime = await createRuntime(asked === 'auto' ? 'onnx' : asked);
  const controller = new AbortController();
  const progress = output.isJson && !output.stderr.isTTY ? null : createJobProgress(output.stderr);
  const stopListening = environment.onInterrupt(() => {
    if (controller.signal.aborted) environment.quit();
    progress?.stop();
    output.tell('Stopping. Ctrl-C again quits at once.');
    controller.abort();
  });
  const networks = await loadNetworks(runtime, runtime.name === 'onnx' ? await easePackForCpu(loaded) : loaded);
  const meter = new ProgressMeter(Date.now);
  try {
    return await study(
      { networks, pack: loaded.manifest, runtime: runtime.description },
      {
        signal: controller.signal,
        onProgress: ({ done, total, faces, failed }) => {
          if (controller.signal.aborted) return;
          meter.record(done);
          const speed = { photosPerSecond: meter.perSecond, secondsLeft: meter.secondsLeft(total - done) };
          progress?.show({ kind: 'import', state: 'running', progress: { stage: 'analyzing', done, total, faces, failed, ...speed } });
          if (done === total) progress?.stop();
        },
      },
    );
  } finally {
    progress?.stop();
    await networks.dispose();
    await runtime.dispose();
    stopListening();
  }
}
