/** Asks a runtime for answers that are known, so that one that computes wrongly is never used. */

import type { LoadedPack } from '../packs/load-pack.ts';
import type { ImageInput, KnownAnswer } from '../packs/manifest.ts';
import type { FloatTensor, Runtime } from './runtime.ts';
import { countElements } from './tensor-check.ts';

/** Relative to the answer's root mean square. ONNX Runtime, TensorFlow, WebGPU and WASM differ by at most 1e-5. */
export const maxRelativeErrors: Readonly<Record<Runtime['precision'], number>> = { single: 1e-3, half: 2e-2 };

/** The input that the known answers belong to. */
export function createKnownInput(shape: readonly number[]): FloatTensor {
  const data = Float32Array.from({ length: countElements(shape) }, (_, index) => 0.8 * Math.sin(0.37 * index));
  return { shape, data };
}

export interface CheckOptions {
  /** Right by assumption: what networks are compared with that the pack has no known answers for. */
  readonly openReference?: () => Promise<Runtime>;
  /** After every network. */
  readonly onProgress?: () => void;
}

/**
 * Runs the pack's networks once each.
 * @returns what is wrong with the answers, or null
 * @throws AppError where the runtime, or the reference, cannot load or run a network
 */
export async function findWrongAnswer(
  runtime: Runtime,
  pack: LoadedPack,
  { openReference, onProgress }: CheckOptions = {},
): Promise<string | null> {
  let reference: Runtime | null = null;
  try {
    for (const network of listNetworks(pack)) {
      const answers = pack.manifest.knownAnswers.networks.filter((answer) => answer.file === network.file);
      if (answers.length === 0) reference ??= (await openReference?.()) ?? null;
      if (answers.length === 0 && reference === null) continue;
      const outputs = await answer(runtime, network);
      const maxRelativeError = maxRelativeErrors[runtime.precision];
      const difference =
        answers.length > 0 || reference === null
          ? findFirst(answers, (known) => describeDifference(known, outputs[known.output], maxRelativeError))
          : describeDisagreement(network.file, await answer(reference, network), outputs, maxRelativeError);
      if (difference !== null) return difference;
      onProgress?.();
    }
    return null;
  } finally {
    await reference?.dispose();
  }
}

async function answer(runtime: Runtime, { model, input }: PackNetwork): Promise<Record<string, FloatTensor>> {
  const network = await runtime.load(model);
  try {
    return await network.run({ [input.name]: createKnownInput(readInputShape(input, 1)) });
  } finally {
    await network.dispose();
  }
}

function findFirst<Item>(items: readonly Item[], describe: (item: Item) => string | null): string | null {
  for (const item of items) {
    const text = describe(item);
    if (text !== null) return text;
  }
  return null;
}

export interface PackNetwork {
  readonly part: 'detector' | 'landmarker' | 'embedder';
  readonly file: string;
  readonly model: Uint8Array;
  readonly input: ImageInput;
}

export function listNetworks({ manifest, ...files }: LoadedPack): PackNetwork[] {
  return (['detector', 'landmarker', 'embedder'] as const).flatMap((part) => {
    const description = manifest[part];
    const model = files[part];
    return description === null || model === null ? [] : [{ part, file: description.file, model, input: description.input }];
  });
}

/** @returns the shape of a tensor of `batch` images as the network wants it, at the size that the manifest names */
export function readInputShape({ shape: [, channels, height, width], layout }: ImageInput, batch: number): number[] {
  return layout === 'nhwc' ? [batch, height, width, channels] : [batch, channels, height, width];
}

function describeDisagreement(
  file: string,
  expected: Readonly<Record<string, FloatTensor>>,
  received: Readonly<Record<string, FloatTensor>>,
  maxRelativeError: number,
): string | null {
  return findFirst(Object.entries(expected), ([output, { data }]) => {
    const other = received[output]?.data ?? new Float32Array();
    const norm = Math.hypot(...chunkNorms(data));
    const difference = Math.hypot(...chunkNorms(data.map((value, index) => value - (other[index] ?? Number.NaN))));
    if (difference <= maxRelativeError * norm) return null;
    return `Expected output ${output} of ${file} as ONNX Runtime computes it but received one that is off by ${difference / norm}`;
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
