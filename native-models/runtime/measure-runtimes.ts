/** Tries and measures every runtime of this machine, once: later starts read what was found. */

import type { LoadedPack } from '../packs/load-pack.ts';
import { fingerprintMachine } from './describe-machine.ts';
import { recallRuntimes, rememberRuntimes } from './remember-runtimes.ts';
import { runtimeNames, type RuntimeName } from './runtime.ts';
import type { MeasuredRuntime, RuntimeTable } from './runtime-table.ts';
import { tryRuntime, type TrialOptions } from './trial.ts';

export interface MeasureRuntimesOptions {
  /** Without it runtimes are only opened: none counts as right, and nothing is remembered. */
  readonly pack: LoadedPack | null;
  /** Where the table is remembered; without it nowhere. */
  readonly cacheFolder?: string;
  /** UTC clock, milliseconds. */
  readonly now?: () => number;
  /** Replaced where a test wants other candidates. */
  readonly names?: readonly RuntimeName[];
  readonly tryRuntime?: (options: TrialOptions) => Promise<MeasuredRuntime>;
}

/** Compiling the shaders of a network takes SwiftShader ten seconds on a busy machine; nothing that is of use takes longer. */
const silenceMs = 60_000;

/** Measures anew and remembers. One runtime after the other, as they would take each other's cores. */
export async function measureRuntimes(options: MeasureRuntimesOptions): Promise<RuntimeTable> {
  const { pack, cacheFolder, now = Date.now, names = runtimeNames } = options;
  const runtimes: MeasuredRuntime[] = [];
  for (const name of names) runtimes.push(await (options.tryRuntime ?? tryRuntime)({ name, pack, silenceMs }));
  const table = { measuredAt: new Date(now()).toISOString(), runtimes };
  if (pack !== null && cacheFolder !== undefined) {
    await rememberRuntimes(cacheFolder, await fingerprintMachine(pack.manifest), table);
  }
  return table;
}

/** @returns what is remembered of this machine, else what is measured now */
export async function findRuntimes(options: MeasureRuntimesOptions): Promise<RuntimeTable> {
  const { pack, cacheFolder } = options;
  if (pack !== null && cacheFolder !== undefined) {
    const remembered = await recallRuntimes(cacheFolder, await fingerprintMachine(pack.manifest));
    if (remembered !== null) return remembered;
  }
  return measureRuntimes(options);
}
