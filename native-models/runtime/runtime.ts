/** What every runtime offers: it loads an ONNX file as a network and runs it on tensors. */

/** Row-major float32 tensor, laid out as the ONNX graph declares it (NCHW for images). */
export interface FloatTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

export interface Network {
  readonly inputs: readonly { readonly name: string; readonly shape: readonly (number | null)[] }[];
  readonly outputs: readonly string[];
  /**
   * Runs the network once. The first dimension of every input may be a batch.
   * @param inputs by input name
   * @returns by output name
   * @throws AppError "bad-argument" for a missing input or a wrong shape
   */
  run(inputs: Readonly<Record<string, FloatTensor>>): Promise<Record<string, FloatTensor>>;
  dispose(): Promise<void>;
}

/** Names that the user can ask for; `auto` picks among them. */
export const runtimeNames = ['onnx', 'tensorflow', 'wasm'] as const;
export type RuntimeName = (typeof runtimeNames)[number];

export interface Runtime {
  readonly name: RuntimeName;
  /** For people: library and version, such as "ONNX Runtime 1.30.0 (CPU)". */
  readonly description: string;
  /**
   * @param model bytes of an ONNX file
   * @throws AppError "unsupported-operator", "model-mismatch"
   */
  load(model: Uint8Array): Promise<Network>;
  dispose(): Promise<void>;
}
