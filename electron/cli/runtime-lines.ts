/** Draws what is known of the runtimes as a table for the terminal. */

import type { DiagnosedRuntime, RuntimeDiagnosis } from './diagnose-runtimes.ts';

const indent = '    ';

export function listRuntimeLines({ measuredAt, workers, runtimes }: RuntimeDiagnosis): string[] {
  const cells = [['Runtime', 'State', 'Device', 'ms'], ...runtimes.map(listCells)];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const join = (row: readonly string[]): string =>
    row.map((cell, column) => (column === 3 ? cell.padStart(widths[3] ?? 0) : cell.padEnd(widths[column] ?? 0))).join('  ');
  const remedyIndent = ' '.repeat(indent.length + (widths[0] ?? 0) + 2);
  const [head = [], ...rows] = cells;
  const lines = [`${indent}${join(head)}`];
  for (const [index, runtime] of runtimes.entries()) {
    lines.push(`${runtime.isChosen ? '->  ' : indent}${join(rows[index] ?? [])}  ${describeRuntime(runtime)}`.trimEnd());
    if (runtime.remedy !== null) lines.push(`${remedyIndent}${runtime.remedy}`);
  }
  const when = measuredAt.slice(0, 16).replace('T', ' ');
  lines.push(
    `ms: the networks of a photo with four faces, on one thread; measured ${when} UTC, --measure measures again.`,
    `->: what auto takes with ${workers} ${workers === 1 ? 'worker' : 'workers'}, each with a core; a GPU they share.`,
  );
  return lines;
}

function listCells({ name, state, device, msPerPhoto }: DiagnosedRuntime): string[] {
  return [name, state, device?.toUpperCase() ?? '-', msPerPhoto === null ? '-' : formatMs(msPerPhoto)];
}

function formatMs(ms: number): string {
  return ms < 100 ? ms.toFixed(1) : ms.toFixed(0);
}

function describeRuntime({ description, reason }: DiagnosedRuntime): string {
  return [description, reason].filter((part) => part !== null).join(': ');
}
