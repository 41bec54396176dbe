/** Asks a runtime for answers that are known, so that one that computes wrongly is never used. */

import type { LoadedPack } from '../packs/load-pack.ts';
import type { KnownAnswer, PackManifest } from '../packs/manifest.ts';
import type { FloatTensor, Runtime } from './runtime.ts';
import { countElements } from './tensor-check.ts';

/** Relative to the answer's root mean square. ONNX Runtime, TensorFlow, WebGPU and WASM differ by at most 1e-5. */
export const maxRelativeErrors: Readonly<Record<Runtime['precision'], number>> = { single: 1e-3, half: 2e-2 };

/** The input that the known answers belong to. */
export function createKnownInput(shape: readonly number[]): FloatTensor {
  const data = Float32Array.from({ length: countElements(shape) }, (_, index) => 0.8 * Math.sin(0.37 * index));
  return { shape, data };
}

/**
 * Runs the pack's networks once each.
 * @returns what is wrong with the answers, or null
 * @throws AppError where the runtime cannot load or run a network
 */
export async function findWrongAnswer(runtime: Runtime, pack: LoadedPack): Promise<string | null> {
  for (const { file, model, input } of listNetworks(pack)) {
    const answers = pack.manifest.knownAnswers.networks.filter((answer) => answer.file === file);
    if (answers.length === 0) continue;
    const network = await runtime.load(model);
    try {
      const outputs = await network.run({ [input.name]: createKnownInput(input.shape) });
      for (const answer of answers) {
        const difference = describeDifference(answer, outputs[answer.output], maxRelativeErrors[runtime.precision]);
        if (difference !== null) return difference;
      }
    } finally {
      await network.dispose();
    }
  }
  return null;
}

export interface PackNetwork {
  readonly part: 'detector' | 'landmarker' | 'embedder';
  readonly file: string;
  readonly model: Uint8Array;
  readonly input: PackManifest['detector']['input'];
}

export function listNetworks({ manifest, ...files }: LoadedPack): PackNetwork[] {
  return (['detector', 'landmarker', 'embedder'] as const).flatMap((part) => {
    const description = manifest[part];
    const model = files[part];
    return description === null || model === null ? [] : [{ part, file: description.file, model, input: description.input }];
  });
}

function describeDifference(answer: KnownAnswer, output: FloatTensor | undefined, maxRelativeError: number): string | null {
  const where = `output ${answer.output} of ${answer.file}`;
  if (output === undefined) return `Expected ${where} but received none`;
  const norm = Math.hypot(...chunkNorms(output.data));
  // Written so that NaN counts as wrong.
  if (!(Math.abs(norm - answer.norm) <= maxRelativeError * answer.norm)) {
    return `Expected norm ${answer.norm} for ${where} but received ${norm}`;
  }
  const tolerance = (maxRelativeError * answer.norm) / Math.sqrt(output.data.length);
  for (const [index, expected] of answer.first.entries()) {
    const received = output.data[index] ?? Number.NaN;
    if (!(Math.abs(received - expected) <= tolerance)) {
      return `Expected ${expected} as value ${index} of ${where} but received ${received}`;
    }
  }
  return null;
}

/** Math.hypot takes its numbers as arguments, of which there may not be too many at once. */
function chunkNorms(data: Float32Array): number[] {
  const chunkLength = 4096;
  const count = Math.ceil(data.length / chunkLength);
  return Array.from({ length: count }, (_, chunk) =>
    Math.hypot(...data.subarray(chunk * chunkLength, (chunk + 1) * chunkLength)),
  );
}
