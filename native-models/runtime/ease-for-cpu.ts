/** Prepares networks for ONNX Runtime on a CPU.
 *
 *  [Note: light workers] What reads and writes ONNX files takes a megabyte of a worker's heap. That lifts it over the 8 MB
 *  from which V8 (11.3) marks incrementally, and as every photo brings some 9 MB of pixels along, it then does so at every
 *  second photo, for an eighth of an import's time. So networks are rewritten before the workers start, and what does it
 *  is loaded only where there is something to rewrite. */

import type { LoadedPack } from '../packs/load-pack.ts';

const preluName = Buffer.from('PRelu');

/** See [Note: PReLU on a CPU].
 *  @returns null where the model stays as it is */
export async function easeForCpu(model: Uint8Array): Promise<Uint8Array | null> {
  if (!Buffer.from(model.buffer, model.byteOffset, model.byteLength).includes(preluName)) return null;
  const { rewriteModelPrelu } = await import('./rewrite-model.ts');
  return rewriteModelPrelu(model);
}

/** @returns the pack with its networks as easeForCpu leaves them */
export async function easePackForCpu(pack: LoadedPack): Promise<LoadedPack> {
  const ease = async (model: Uint8Array): Promise<Uint8Array> => (await easeForCpu(model)) ?? model;
  return {
    ...pack,
    detector: await ease(pack.detector),
    landmarker: pack.landmarker === null ? null : await ease(pack.landmarker),
    embedder: await ease(pack.embedder),
  };
}
