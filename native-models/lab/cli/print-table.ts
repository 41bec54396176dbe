/** Prints rows of figures in columns. */

import type { Output } from '../../../electron/cli/output.ts';

/** @param rows the heading first, equally long; the first column is set flush left, the others flush right */
export async function printTable(output: Output, rows: readonly (readonly string[])[]): Promise<void> {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  for (const row of rows) {
    const cells = row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)));
    await output.print(cells.join('  ').trimEnd());
  }
}
