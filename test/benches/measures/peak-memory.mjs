/** Tells the most memory that this process has held. Plain JavaScript: whoever is measured runs without a compiler beside it. */

import { readFileSync } from 'node:fs';

/** @returns {number} bytes of the process's maximum resident set */
export function readPeakMemory() {
  // What getrusage says on Linux begins with the parent's peak at the moment of the fork.
  const status = process.platform === 'linux' ? readFileSync('/proc/self/status', 'utf8') : '';
  return parsePeakMemory(status) ?? process.resourceUsage().maxRSS * 1024;
}

/**
 * @param {string} status text of /proc/<pid>/status
 * @returns {number | null} bytes
 */
export function parsePeakMemory(status) {
  const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
  return kilobytes === undefined ? null : Number(kilobytes) * 1024;
}
