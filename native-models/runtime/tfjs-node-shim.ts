/** Puts back what @tensorflow/tfjs-node 4.22 calls of Node's `util` and Node 23 has removed (Electron's Node too). */

import { createRequire } from 'node:module';

/** Call before importing @tensorflow/tfjs-node: it keeps Node's own module object and calls these on it. */
export function restoreUtilChecks(): void {
  // The object that CommonJS modules share; an ES module's namespace cannot be added to.
  const util = createRequire(import.meta.url)('node:util') as Record<string, unknown>;
  util['isNullOrUndefined'] ??= (value: unknown): boolean => value === null || value === undefined;
  util['isArray'] ??= Array.isArray;
}
