/** Says of every runtime whether it is there, right and fast, which one `auto` takes, and how to get what is missing. */

import { workerCountDefault } from '../engine/config.ts';
import type { LoadedPack } from '../../native-models/packs/load-pack.ts';
import { findRuntimes, measureRuntimes } from '../../native-models/runtime/measure-runtimes.ts';
import type { RuntimeName } from '../../native-models/runtime/runtime.ts';
import { rankRuntimes } from '../../native-models/runtime/runtime-table.ts';
import type { MeasuredRuntime } from '../../native-models/runtime/runtime-table.ts';

export interface DiagnosedRuntime extends MeasuredRuntime {
  /** Whether `auto` takes it. */
  readonly isChosen: boolean;
  /** null where nothing can or need be done. */
  readonly remedy: string | null;
}

export interface RuntimeDiagnosis {
  /** UTC, ISO 8601. */
  readonly measuredAt: string;
  /** Threads that the choice assumes. */
  readonly workers: number;
  readonly runtimes: readonly DiagnosedRuntime[];
}

export interface DiagnoseRuntimesOptions {
  /** Without it nothing can be checked or measured. */
  readonly pack: LoadedPack | null;
  readonly cacheFolder: string;
  readonly isMeasuredAgain: boolean;
}

export async function diagnoseRuntimes({ pack, cacheFolder, isMeasuredAgain }: DiagnoseRuntimesOptions): Promise<RuntimeDiagnosis> {
  const table = await (isMeasuredAgain ? measureRuntimes : findRuntimes)({ pack, cacheFolder });
  const workers = workerCountDefault();
  const [chosen] = rankRuntimes(table, workers);
  const runtimes = table.runtimes.map((runtime) => ({
    ...runtime,
    isChosen: runtime.name === chosen,
    remedy: findRemedy(runtime),
  }));
  return { measuredAt: table.measuredAt, workers, runtimes };
}

const gpuDriver = 'a GPU with a driver for Vulkan (on Windows Direct3D 12, on macOS Metal)';

const remedies: Readonly<Record<RuntimeName, string>> = {
  onnx: 'Run "npm ci": onnxruntime-node comes with it.',
  'onnx-cuda':
    'Optional, for NVIDIA GPUs. Run "node node_modules/onnxruntime-node/script/install.js", which fetches the library, and ' +
    'install CUDA 12 and cuDNN 9.',
  'onnx-directml': 'Optional, for GPUs on Windows. Run "npm ci": onnxruntime-node brings it.',
  'onnx-coreml': 'Optional, for Macs. Run "npm ci": onnxruntime-node brings it.',
  'onnx-webgpu': `Optional. It takes ${gpuDriver}.`,
  tensorflow: 'Optional. Run "npm run setup" with pip at hand: it fetches TensorFlow\'s C library (850 MB).',
  'tensorflow-cuda':
    'Optional, for NVIDIA GPUs. Run "npm install --no-save @tensorflow/tfjs-node-gpu", with the CUDA libraries that it asks for.',
  webgpu: `Optional. It takes the package webgpu, which "npm ci" brings, and ${gpuDriver}.`,
  wasm: 'Run "npm ci": @tensorflow/tfjs-backend-wasm comes with it.',
};

const platforms: Readonly<Partial<Record<RuntimeName, readonly NodeJS.Platform[]>>> = {
  'onnx-cuda': ['linux'],
  'onnx-directml': ['win32'],
  'onnx-coreml': ['darwin'],
  'tensorflow-cuda': ['linux', 'win32'],
};

function findRemedy({ name, state }: MeasuredRuntime): string | null {
  switch (state) {
    case 'right':
      return null;
    case 'unchecked':
      return 'It can only be checked once the models are there.';
    case 'missing':
      return platforms[name]?.includes(process.platform) === false ? null : remedies[name];
    case 'wrong':
    case 'failed':
      return 'Kindred leaves it alone. After an update of the driver or of Kindred, "kindred doctor --measure" tries it again.';
  }
}
