/** Keeps measurements of runtimes in a file of the cache folder, the newest few, each for the machine it was made on. */

import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { runtimeTableSchema, type RuntimeTable } from './runtime-table.ts';

const fileName = 'runtimes.json';
/** Node and Electron, packs, a GPU that comes and goes. */
const mostTables = 8;

const fileSchema = z.strictObject({
  tables: z.array(z.strictObject({ machine: z.string(), table: runtimeTableSchema })),
});
type Memory = z.output<typeof fileSchema>;

/** @param machine see fingerprintMachine
 *  @returns null where nothing, or nothing that can be read, is remembered */
export async function recallRuntimes(cacheFolder: string, machine: string): Promise<RuntimeTable | null> {
  const { tables } = await readMemory(cacheFolder);
  return tables.find((entry) => entry.machine === machine)?.table ?? null;
}

export async function rememberRuntimes(cacheFolder: string, machine: string, table: RuntimeTable): Promise<void> {
  const { tables } = await readMemory(cacheFolder);
  const others = tables.filter((entry) => entry.machine !== machine);
  const memory = { tables: [{ machine, table }, ...others].slice(0, mostTables) };
  await mkdir(cacheFolder, { recursive: true });
  // Whole or not at all: another Kindred may be reading it.
  const temporary = path.join(cacheFolder, `${fileName}.${process.pid}`);
  await writeFile(temporary, `${JSON.stringify(memory, undefined, 2)}\n`);
  await rename(temporary, path.join(cacheFolder, fileName));
}

/** A file that is damaged, or of another version, holds nothing that is worth more than measuring again. */
async function readMemory(cacheFolder: string): Promise<Memory> {
  const text = await readFile(path.join(cacheFolder, fileName), 'utf8').catch(() => '');
  try {
    return fileSchema.parse(JSON.parse(text));
  } catch {
    return { tables: [] };
  }
}
