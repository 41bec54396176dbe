/** The manifest of the standard pack, read from the JSON file that set-up uses too. */

import { readFileSync } from 'node:fs';
import { parseManifest, type PackManifest } from './manifest.ts';

let manifest: PackManifest | undefined;

export function readStandardManifest(): PackManifest {
  manifest ??= parseManifest(JSON.parse(readFileSync(new URL('./standard.json', import.meta.url), 'utf8')));
  return manifest;
}
