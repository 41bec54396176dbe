/** Measures what the networks of a photo cost on a runtime. */

import type { LoadedPack } from '../packs/load-pack.ts';
import { createKnownInput, listNetworks, readInputShape } from './check-runtime.ts';
import type { FloatTensor, Network, Runtime } from './runtime.ts';

/** The sample photos have 22 faces in six. */
const facesPerPhoto = 4;
/** Loads that are timed, unless they take too long in all. */
const mostRounds = 15;
const mostMs = 3000;

export interface MeasureOptions {
  /** Milliseconds, as performance.now. */
  readonly clock: () => number;
  /** After every round, the warm-up's too. */
  readonly onProgress?: () => void;
}

/**
 * Runs the detector once, and the other networks once each on the faces of a photo.
 * @returns milliseconds a photo, the median of up to fifteen rounds after one that is not counted
 * @throws AppError where the runtime cannot load or run a network
 */
export async function measurePhoto(runtime: Runtime, pack: LoadedPack, { clock, onProgress }: MeasureOptions): Promise<number> {
  const load: { network: Network; inputs: Record<string, FloatTensor> }[] = [];
  try {
    for (const { part, model, input } of listNetworks(pack)) {
      const batch = part === 'detector' ? 1 : facesPerPhoto;
      const inputs = { [input.name]: createKnownInput(readInputShape(input, batch)) };
      load.push({ network: await runtime.load(model), inputs });
    }
    const runOnce = async (): Promise<number> => {
      const startMs = clock();
      for (const { network, inputs } of load) await network.run(inputs);
      const ms = clock() - startMs;
      onProgress?.();
      return ms;
    };
    // Compiles shaders and fills caches.
    await runOnce();
    const startMs = clock();
    const rounds: number[] = [];
    while (rounds.length === 0 || (rounds.length < mostRounds && clock() - startMs < mostMs)) rounds.push(await runOnce());
    rounds.sort((first, second) => first - second);
    return rounds[Math.floor(rounds.length / 2)]!;
  } finally {
    for (const { network } of load) await network.dispose();
  }
}
