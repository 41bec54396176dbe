/** The real engine over an invented library in a folder of its own, with the packs that set-up has brought. */

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createHash } from 'node:crypto';
import { libraryFileName } from '../../electron/database/file/library-file.ts';
import type { EngineOptions } from '../../electron/engine/engine-options.ts';
import { openEngine, type Engine } from '../../electron/engine/engine.ts';
import { resolveHostFolders } from '../../electron/engine/host-folders.ts';
import { inThisThread } from './in-this-thread.ts';
import { fillInventedLibrary, type InventedLibraryOptions } from './invented-library.ts';
import { samplesFolder } from './sample-faces.ts';

export interface InventedEngineOptions extends InventedLibraryOptions {
  readonly libraryFolder?: string;
  readonly engine?: Partial<EngineOptions>;
}

export interface InventedEngine extends Engine {
  readonly libraryFolder: string;
  readonly isClosed: boolean;
}

/** A filled library's file, and the photos that it speaks of, by options: filling takes longer than copying. */
const templates = new Map<string, { readonly library: Buffer; readonly photosFolder: string }>();

export async function openInventedEngine({ libraryFolder, engine = {}, ...invented }: InventedEngineOptions = {}): Promise<InventedEngine> {
  const folder = libraryFolder ?? mkdtempSync(path.join(tmpdir(), 'kindred-invented-'));
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, libraryFileName), findTemplate(invented).library, { mode: 0o600 });
  const { packsFolder } = resolveHostFolders(process.env);
  const opened = await openEngine({ libraryFolder: folder, packsFolder, samplesFolder, runtime: 'onnx', ...engine }, inThisThread);
  let isClosed = false;
  return {
    ...opened,
    libraryFolder: folder,
    get isClosed() {
      return isClosed;
    },
    close: async () => {
      if (isClosed) return;
      isClosed = true;
      await opened.close();
      if (libraryFolder === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}

function findTemplate(options: InventedLibraryOptions) {
  const key = JSON.stringify(options);
  const known = templates.get(key);
  if (known !== undefined) return known;
  const folder = mkdtempSync(path.join(tmpdir(), 'kindred-template-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const folders = { libraryFolder: path.join(folder, 'library'), photosFolder: path.join(folder, 'photos') };
  fillInventedLibrary(folders, options);
  const template = { library: readFileSync(path.join(folders.libraryFolder, libraryFileName)), photosFolder: folders.photosFolder };
  templates.set(key, template);
  return template;
}

/** A version 4 UUID that is the same for the same words, and of nothing in a library. */
export function inventId<Id extends string>(...words: (string | number)[]): Id {
  const hash = createHash('sha256').update(words.join('/')).digest('hex');
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-4${hash.slice(13, 16)}-a${hash.slice(17, 20)}-${hash.slice(20, 32)}` as Id;
}
