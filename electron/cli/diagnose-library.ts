/** Looks at the library's folder for `kindred doctor`: whether it may be written to, who has it open, how much is free. */

import { access, constants, stat, statfs } from 'node:fs/promises';
import path from 'node:path';
import { isLibraryHeld } from '../database/file/library-lock.ts';
import { findInstance } from '../server/instance.ts';
import type { Finding } from './finding.ts';

const bytesPerGigabyte = 1e9;

export async function diagnoseLibrary(folder: string): Promise<Finding> {
  const common = { id: 'library', name: 'Library' };
  try {
    const nearest = await findExisting(folder);
    await access(nearest, constants.W_OK);
    const { bavail, bsize } = await statfs(nearest);
    const free = `${((bavail * bsize) / bytesPerGigabyte).toFixed(1)} GB free`;
    const state = nearest === folder ? await describeHolder(folder) : 'made at the first start';
    return { ...common, state: 'ok', detail: `${folder}, ${state}, ${free}`, remedy: null };
  } catch (error) {
    const remedy = 'Choose a folder that you may write to, with --library or KINDRED_LIBRARY.';
    const cause = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    return { ...common, state: 'broken', detail: `${folder}: ${cause}`, remedy };
  }
}

/** A server says where it is; the desktop app has the library's lock and serves nobody. */
async function describeHolder(folder: string): Promise<string> {
  const instance = await findInstance(folder);
  if (instance !== null) return `open in another Kindred (process ${instance.processId}), which serves it`;
  return isLibraryHeld(folder) ? 'open in another Kindred' : 'not open';
}

/** @returns the folder, or the nearest one above it that exists */
async function findExisting(folder: string): Promise<string> {
  let nearest = folder;
  while (!(await exists(nearest))) {
    const parent = path.dirname(nearest);
    if (parent === nearest) break;
    nearest = parent;
  }
  return nearest;
}

async function exists(file: string): Promise<boolean> {
  return await stat(file).then(
    () => true,
    () => false,
  );
}
