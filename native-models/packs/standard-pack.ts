/** The manifest of the standard pack, read from the JSON file that set-up uses too. */

import { readBuiltInManifests } from './built-in-packs.ts';
import type { PackManifest } from './manifest.ts';

export function readStandardManifest(): PackManifest {
  return readBuiltInManifests()[0]!;
}
