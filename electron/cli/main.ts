#!/usr/bin/env node
/** The program `kindred`: the command line on the real engine. */

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { findProjectFolder, resolveHostFolders } from '../engine/host-folders.ts';
import { connectInstance } from '../server/connect-instance.ts';
import { findInstance } from '../server/instance.ts';
import { listenForInterrupts } from '../terminal/interrupts.ts';
import { runCommandLine } from './command-line.ts';
import type { CliEnvironment } from './environment.ts';
import { openBrowser } from './open-browser.ts';

const { version } = JSON.parse(readFileSync(path.join(findProjectFolder(), 'package.json'), 'utf8')) as {
  version: string;
};

const environment: CliEnvironment = {
  stdout: process.stdout,
  stderr: process.stderr,
  variables: process.env,
  currentFolder: process.cwd(),
  version,
  resolveFolders: (libraryFolder) => resolveHostFolders(process.env, libraryFolder),
  // The engine and what it rests on take a while to load: help and wrong usage do without.
  openEngine: async (options) => (await import('../engine/engine.ts')).openEngine(options),
  openPacks: async ({ packsFolder }) =>
    (await import('../../native-models/packs/pack-store.ts')).createPackStore({ packsFolder }),
  findInstance,
  connectInstance,
  openBrowser,
  diagnose: async (folders, options) => (await import('./diagnosis.ts')).diagnose(folders, options),
  onInterrupt: (listener) => listenForInterrupts(process, listener),
  // Ended in the middle of a run, native libraries would abort with messages of their own; nothing is lost by a kill.
  quit: () => process.kill(process.pid, 'SIGKILL'),
};

// `kindred faces | head` closes the pipe early, and a terminal that is closed takes nothing: there is nobody to write to.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE' && stream === process.stdout) process.exit(0);
    // Whatever is being closed is closed all the same.
    if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
  });
}

const loadLab = async () => (await import('../../native-models/lab/cli/add-lab-commands.ts')).addLabCommands;
const exitCode = await runCommandLine(process.argv.slice(2), environment, loadLab);
// Everything is closed: nothing that a native library may still hold open is worth waiting for.
process.stdout.write('', () => process.exit(exitCode));
