import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

/** Static imports that leave code behind; types do not. */
const importPattern = /^import (?!type )(?:[^;]*? from )?'([^']+)';$/gms;

/** @returns the packages that a module needs as soon as it is loaded, its own modules' included */
function listPackages(entry: URL): Set<string> {
  const packages = new Set<string>();
  const seen = new Set<string>();
  const visit = (module: URL): void => {
    if (seen.has(module.href)) return;
    seen.add(module.href);
    for (const [, name] of readFileSync(fileURLToPath(module), 'utf8').matchAll(importPattern)) {
      if (name!.startsWith('.')) visit(new URL(name!, module));
      else if (!name!.startsWith('node:')) packages.add(name!);
    }
  };
  visit(entry);
  return packages;
}

describe('an analyzer', () => {
  // See [Note: light workers] in native-models/runtime/ease-for-cpu.ts.
  it('loads nothing at its start but what decodes photos', () => {
    const entry = new URL('../../electron/pipeline/worker.ts', import.meta.url);
    expect([...listPackages(entry)].sort()).toEqual(['exif-reader', 'sharp']);
  });
});

describe("the engine's own thread", () => {
  it('loads nothing that decodes photos or runs networks: neither may keep it from answering', () => {
    const packages = listPackages(new URL('../../electron/engine/engine.ts', import.meta.url));
    for (const name of ['sharp', 'onnxruntime-node', '@tensorflow/tfjs-core', 'better-sqlite3']) expect([...packages]).not.toContain(name);
  });
});
