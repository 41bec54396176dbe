/** Finds the better-sqlite3 binary that fits the runtime this code runs under: Node and Electron have different ABIs. */

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Such as "better-sqlite3-node-abi115-linux-x64.node"; build/setup/sqlite.mjs writes files of this name. */
export function nameNativeBinding(
  versions: { readonly modules: string; readonly electron?: string } = process.versions,
  platform: string = process.platform,
  arch: string = process.arch,
): string {
  const runtime = versions.electron === undefined ? 'node' : 'electron';
  return `better-sqlite3-${runtime}-abi${versions.modules}-${platform}-${arch}.node`;
}

/**
 * @returns the absolute path for better-sqlite3's `nativeBinding` option, or undefined where set-up left none:
 *   better-sqlite3 then loads the binary that its own installation made.
 */
export function findNativeBinding(): string | undefined {
  const root = findProjectRoot();
  if (root === undefined) return undefined;
  const path = join(root, '.kindred', 'native', nameNativeBinding());
  return existsSync(path) ? path : undefined;
}

/** The nearest folder with a package.json: this file lies at different depths as source and compiled. */
function findProjectRoot(): string | undefined {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder) return undefined;
    folder = parent;
  }
  return folder;
}
