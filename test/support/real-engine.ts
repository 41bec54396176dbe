/** A real engine over a library of its own in a temporary folder, with the standard pack and the sample photos. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openEngine, type Engine } from '../../electron/engine/engine.ts';
import type { EngineOptions } from '../../electron/engine/engine-options.ts';
import { resolveHostFolders } from '../../electron/engine/host-folders.ts';
import { followImport } from '../../electron/terminal/follow-job.ts';
import { samplesFolder } from './sample-faces.ts';

export interface TemporaryLibrary {
  readonly folder: string;
  open(overrides?: Partial<EngineOptions>): Promise<Engine>;
  /** Closes what was opened and takes the folder away. */
  remove(): Promise<void>;
}

export async function createTemporaryLibrary(): Promise<TemporaryLibrary> {
  const folder = await mkdtemp(path.join(tmpdir(), 'kindred-library-'));
  const opened: Engine[] = [];
  return {
    folder,
    async open(overrides = {}) {
      const { packsFolder } = resolveHostFolders(process.env);
      const engine = await openEngine({ libraryFolder: folder, packsFolder, samplesFolder, runtime: 'onnx', ...overrides });
      opened.push(engine);
      return engine;
    },
    async remove() {
      for (const engine of opened) await engine.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Imports folders or files and waits for the end. */
export function importAll(engine: Engine, folders: readonly string[]) {
  return followImport(engine.api, folders);
}
