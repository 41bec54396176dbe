/** Writes charts that a command draws into a folder, a file each. */

import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { LabContext } from './lab-runner.ts';

/** @param folder as the user gave it; made where it is missing
 *  @param charts SVG by file name
 *  @returns absolute paths of what was written */
export async function saveCharts(
  { environment, output }: LabContext,
  folder: string,
  charts: Readonly<Record<string, string>>,
): Promise<string[]> {
  const target = path.resolve(environment.currentFolder, folder);
  await mkdir(target, { recursive: true });
  const files = Object.entries(charts).map(([name, svg]) => ({ file: path.join(target, name), svg }));
  for (const { file, svg } of files) {
    await writeFile(file, svg);
    if (!output.isJson) output.tell(`Wrote ${file}.`);
  }
  return files.map(({ file }) => file);
}
