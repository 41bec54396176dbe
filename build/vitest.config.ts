/** How tests run: `unit` for everything in Node, `renderer` for its state classes, `e2e` in a browser. */

import { svelte, vitePreprocess } from '@sveltejs/vite-plugin-svelte';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const root = fileURLToPath(new URL('..', import.meta.url));

export default defineConfig({
  root,
  test: {
    root,
    // Tests share the machine with the worker threads that they start.
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    projects: [
      {
        root,
        test: {
          name: 'unit',
          root,
          include: ['test/**/*.test.ts'],
          exclude: ['test/renderer/**', 'test/e2e/**', 'test/**/*.svelte.test.ts'],
          environment: 'node',
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        root,
        plugins: [svelte({ configFile: false, preprocess: vitePreprocess({ script: true }) })],
        // Svelte's server build has no reactivity: take the browser's.
        resolve: { conditions: ['browser'] },
        test: {
          name: 'renderer',
          root,
          include: ['test/renderer/**/*.test.ts', 'test/**/*.svelte.test.ts'],
          environment: 'node',
          testTimeout: 30_000,
        },
      },
      {
        root,
        test: {
          name: 'e2e',
          root,
          include: ['test/e2e/**/*.test.ts'],
          environment: 'node',
          testTimeout: 300_000,
          hookTimeout: 300_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
