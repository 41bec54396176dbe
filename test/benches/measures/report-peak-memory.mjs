/** Loaded before a program (node --import): writes its peak memory to the file that KINDRED_BENCH_MEMORY names as it ends. */

import { writeFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
import { readPeakMemory } from './peak-memory.mjs';

const file = process.env.KINDRED_BENCH_MEMORY;
// Worker threads load what the main thread loads.
if (isMainThread && file) process.on('exit', () => writeFileSync(file, String(readPeakMemory())));
