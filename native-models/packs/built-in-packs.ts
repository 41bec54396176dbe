/** The packs that Kindred knows from the start, read from the JSON files beside this one. */

import { readFileSync } from 'node:fs';
import { parseManifest, type PackManifest } from './manifest.ts';

/** The default first. */
const builtInNames = ['standard', 'classic', 'opencv-zoo'] as const;

let manifests: readonly PackManifest[] | undefined;

export function readBuiltInManifests(): readonly PackManifest[] {
  manifests ??= builtInNames.map((name) =>
    parseManifest(JSON.parse(readFileSync(new URL(`./${name}.json`, import.meta.url), 'utf8'))),
  );
  return manifests;
}
