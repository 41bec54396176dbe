/** Opens a library for one command: through the Kindred that already serves it, else in this process. */

import type { KindredApi } from '../api/contract.ts';
import { isAppError } from '../base/errors.ts';
import type { RuntimeName } from '../../native-models/runtime/runtime.ts';
import type { HostFolders } from '../engine/host-folders.ts';
import type { CliEnvironment } from './environment.ts';

export interface Session {
  readonly api: KindredApi;
  /** Whether another process runs the engine. */
  readonly isShared: boolean;
  onClose(listener: () => void): () => void;
  /** Notes in the library's log what goes wrong on this side; a shared library's is its process's to write. */
  noteError(error: unknown, where: string): void;
  close(): Promise<void>;
}

/** @throws AppError "library-in-use" where another process holds the library and does not serve it */
export async function openSession(
  environment: CliEnvironment,
  folders: HostFolders,
  runtime: RuntimeName | 'auto' | undefined,
): Promise<Session> {
  const shared = await joinInstance(environment, folders.libraryFolder);
  if (shared !== null) return shared;
  try {
    const engine = await environment.openEngine({
      ...folders,
      runtime,
      // One command is over soon: what takes long waits for who asks for it, or for a host that stays.
      continuesSwitch: false,
    });
    return { api: engine.api, isShared: false, onClose: () => () => {}, noteError: engine.log.noteError, close: () => engine.close() };
  } catch (error) {
    if (!isAppError(error, 'library-in-use')) throw error;
    // Whoever holds it may have begun to serve it in the meantime.
    const late = await joinInstance(environment, folders.libraryFolder);
    if (late === null) throw error;
    return late;
  }
}

async function joinInstance(environment: CliEnvironment, libraryFolder: string): Promise<Session | null> {
  const instance = await environment.findInstance(libraryFolder);
  if (instance === null) return null;
  const api = await environment.connectInstance(instance);
  return { api, isShared: true, onClose: (listener) => api.onClose(listener), noteError: () => {}, close: async () => api.close() };
}
