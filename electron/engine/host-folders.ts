/** Where a host's folders lie on this platform: library, models, samples, built renderer. */

import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import envPaths from 'env-paths';

export interface HostFolders {
  readonly libraryFolder: string;
  readonly cacheFolder: string;
  /** A folder per model pack. */
  readonly packsFolder: string;
  readonly samplesFolder: string;
  /** The built renderer, with index.html. */
  readonly rendererFolder: string;
}

/** @param environment KINDRED_LIBRARY and KINDRED_CACHE overrule the platform's folders
 *  @param libraryFolder overrules both */
export function resolveHostFolders(
  environment: Readonly<Record<string, string | undefined>>,
  libraryFolder?: string,
): HostFolders {
  const platform = envPaths('kindred', { suffix: '' });
  const cacheFolder = path.resolve(environment.KINDRED_CACHE || platform.cache);
  return {
    libraryFolder: path.resolve(libraryFolder || environment.KINDRED_LIBRARY || platform.data),
    cacheFolder,
    packsFolder: path.join(cacheFolder, 'packs'),
    samplesFolder: findSamplesFolder(),
    rendererFolder: path.join(findProjectFolder(), 'dist', 'renderer'),
  };
}

function findSamplesFolder(): string {
  const manifest = createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json');
  return path.join(path.dirname(manifest), 'demo');
}

/** The nearest folder with a package.json: this file lies at different depths as source and compiled. */
export function findProjectFolder(): string {
  let folder = path.dirname(fileURLToPath(import.meta.url));
  while (!existsSync(path.join(folder, 'package.json'))) {
    const parent = path.dirname(folder);
    if (parent === folder) throw new Error('Expected package.json above the program but found none');
    folder = parent;
  }
  return folder;
}
