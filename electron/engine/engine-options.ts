/** What a host tells the engine: where things lie and how much of the machine it may use. */

import type { RuntimeName } from '../../native-models/runtime/runtime.ts';

export interface EngineOptions {
  /** The library's database and thumbnails; made with mode 0700 where it is missing; one that is there keeps its mode. */
  readonly libraryFolder: string;
  /** A folder per model pack, named after it, with the pack's files. */
  readonly packsFolder: string;
  /** The photos that "try the samples" imports. */
  readonly samplesFolder: string;
  /** Where the measured speed of this machine's runtimes is remembered; without it "auto" measures every time. */
  readonly cacheFolder?: string;
  /** Overrules the library's setting, for this start alone. */
  readonly runtime?: RuntimeName | 'auto' | undefined;
  /** Whether a switch to another pack that an earlier process left goes on by itself; by default it does. */
  readonly continuesSwitch?: boolean;
  /** Worker threads that analyze photos; by default one a core. */
  readonly workers?: number;
  /** UTC clock, milliseconds. */
  readonly now?: () => number;
}
