/** What every runtime offers: it loads an ONNX file as a network and runs it on tensors. */

/** Row-major float32 tensor, laid out as the ONNX graph declares it (NCHW for images). */
export interface FloatTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

export interface Network {
  /** A null dimension may have any length: the batch, or the height and width of a network that takes every size. */
  readonly inputs: readonly { readonly name: string; readonly shape: readonly (number | null)[] }[];
  readonly outputs: readonly string[];
  /**
   * Runs the network once. The first dimension of every input may be a batch.
   * @param inputs by input name
   * @returns by output name
   * @throws AppError "bad-argument" for a missing input or a wrong shape; of a network of open height and width also
   *   what `load` throws, as TensorFlow.js can only plan it once the size is known
   */
  run(inputs: Readonly<Record<string, FloatTensor>>): Promise<Record<string, FloatTensor>>;
  dispose(): Promise<void>;
}

/** Names that the user can ask for; `auto` picks among them. */
export const runtimeNames = [
  'onnx',
  'onnx-cuda',
  'onnx-directml',
  'onnx-coreml',
  'onnx-webgpu',
  'tensorflow',
  'tensorflow-cuda',
  'webgpu',
  'wasm',
] as const;
export type RuntimeName = (typeof runtimeNames)[number];

export type Device = 'cpu' | 'gpu';

export interface Runtime {
  readonly name: RuntimeName;
  /** For people: library and version, such as "ONNX Runtime 1.30.0 (CPU)". */
  readonly description: string;
  /** Of a CPU every worker thread has a core; a GPU they share. */
  readonly device: Device;
  /** "half" where products are rounded to about eleven bits (half floats, TF32); answers may be off by 2e-2. */
  readonly precision: 'single' | 'half';
  /** Images that one run should carry where so many are at hand: more are no faster, fewer may be slower. */
  readonly preferredBatch: number;
  /**
   * @param model bytes of an ONNX file
   * @throws AppError "unsupported-operator", "model-mismatch"
   */
  load(model: Uint8Array): Promise<Network>;
  dispose(): Promise<void>;
}
