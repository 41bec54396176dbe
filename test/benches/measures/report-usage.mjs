/** Loaded before a program (node --import): as it ends, writes what it has used to the file that KINDRED_BENCH_USAGE names. */

import { writeFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
import { readPeakMemory } from './peak-memory.mjs';

const file = process.env.KINDRED_BENCH_USAGE;

function reportUsage() {
  const { user, system } = process.cpuUsage();
  return { peakMemoryBytes: readPeakMemory(), processorSeconds: (user + system) / 1e6 };
}

// Worker threads load what the main thread loads.
if (isMainThread && file) process.on('exit', () => writeFileSync(file, JSON.stringify(reportUsage())));
