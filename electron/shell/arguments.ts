/** Reads the words after the program's name: folders to import, the library, the runtime. */

import path from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { pathSchema } from '../api/schemas.ts';
import { runtimeNames } from '../../native-models/runtime/runtime.ts';
import type { RuntimeName } from '../../native-models/runtime/runtime.ts';

export interface ShellArguments {
  /** Absolute paths. */
  readonly folders: string[];
  readonly libraryFolder: string | undefined;
  /** Undefined for what the library's settings say. */
  readonly runtime: RuntimeName | 'auto' | undefined;
}

/**
 * @param args process.argv, or that of a second start; Chromium's own switches among them are passed over
 * @param isPackaged packaged, the program stands alone; else Electron's program is followed by the app's folder
 */
export function readShellArguments(args: readonly string[], isPackaged: boolean, currentFolder: string): ShellArguments {
  const { values, positionals } = parseArgs({
    args: args.slice(1),
    options: { library: { type: 'string' }, runtime: { type: 'string' } },
    allowPositionals: true,
    strict: false,
  });
  const folders = isPackaged ? positionals : positionals.slice(1);
  const named = runtimeNames.find((name) => name === values.runtime) ?? 'auto';
  return {
    folders: folders.map((folder) => path.resolve(currentFolder, folder)),
    libraryFolder: typeof values.library === 'string' ? path.resolve(currentFolder, values.library) : undefined,
    runtime: values.runtime === undefined ? undefined : named,
  };
}

const secondStartSchema = z.object({ folders: z.array(pathSchema).catch([]) });
/** What a second start of the app hands to the first. */
export type SecondStart = z.output<typeof secondStartSchema>;

/** @param additional of the second start, which may be of another version: what cannot be read is left aside */
export function readSecondStart(additional: unknown): SecondStart {
  const parsed = secondStartSchema.safeParse(additional);
  return parsed.success ? parsed.data : { folders: [] };
}
