/** What the command line takes from its surroundings; tests bring their own. */

import type { EngineOptions } from '../engine/engine-options.ts';
import type { Engine } from '../engine/engine.ts';
import type { ConnectedApi } from '../api/connect-api.ts';
import type { HostFolders } from '../engine/host-folders.ts';
import type { Instance } from '../server/instance.ts';
import type { TextStream } from '../terminal/terminal.ts';
import type { PackStore } from '../../native-models/packs/pack-store.ts';
import type { Diagnosis, DiagnosisOptions } from './diagnosis.ts';

export interface CliEnvironment {
  /** Data. */
  readonly stdout: TextStream;
  /** Progress and messages. */
  readonly stderr: TextStream;
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly currentFolder: string;
  /** Of the installed Kindred. */
  readonly version: string;
  resolveFolders(libraryFolder: string | undefined): HostFolders;
  openEngine(options: EngineOptions): Promise<Engine>;
  openPacks(folders: HostFolders): Promise<PackStore>;
  findInstance(libraryFolder: string): Promise<Instance | null>;
  connectInstance(instance: Instance): Promise<ConnectedApi>;
  /** @returns false where this machine has nothing to open it with */
  openBrowser(url: string): Promise<boolean>;
  diagnose(folders: HostFolders, options: DiagnosisOptions): Promise<Diagnosis>;
  /** Ctrl-C and the wish of the system that the process ends, see terminal/interrupts.ts. @returns stops listening */
  onInterrupt(listener: () => void): () => void;
  /** Ends the process at once, whatever it is doing. */
  quit(): void;
}
