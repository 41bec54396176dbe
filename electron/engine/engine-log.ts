/** What the engine writes to its library's log: starts, jobs, and every error that nobody expected. */

import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { MethodHandlers } from '../api/contract.ts';
import { isEnded } from '../api/job-states.ts';
import type { JobSnapshot } from '../api/schemas.ts';
import { findLibraryPart, libraryFileName, libraryPartNames } from '../database/file/library-file.ts';
import type { JobWorks } from '../jobs/job-runner.ts';
import { openLog, type Log } from '../log/open-log.ts';
import { createRedactor } from '../log/redact-text.ts';
import type { EngineOptions } from './engine-options.ts';
import { findProjectFolder } from './host-folders.ts';
import type { MediaSource } from './media.ts';

const ownLibraryEntries = new RegExp(`^(?:${[libraryFileName, ...Object.values(libraryPartNames)].map((name) => name.replaceAll('.', '\\.')).join('|')})(?=$|[/.-])`, 'u');
const ownProgramEntries = /^(?:electron|native-models|renderer|dist|build|test|node_modules|package\.json)(?=$|\/)/u;
/** A folder per pack, named after it, with files that its manifest names. */
const ownPackEntries = /^[\w.-]+(?:\/[\w.-]+)*$/u;

/** Nothing is written before something is noted. */
export function openEngineLog({ libraryFolder, packsFolder, now = Date.now }: EngineOptions): Log {
  const redact = createRedactor([
    { path: findProjectFolder(), name: 'program', ownEntries: ownProgramEntries },
    { path: path.resolve(libraryFolder), name: 'library', ownEntries: ownLibraryEntries },
    { path: path.resolve(packsFolder), name: 'packs', ownEntries: ownPackEntries },
  ]);
  return openLog({ folder: findLibraryPart(libraryFolder, 'logs'), redact, now });
}

export function noteStart(log: Log): void {
  const { node, electron = null } = process.versions;
  const program = JSON.parse(readFileSync(path.join(findProjectFolder(), 'package.json'), 'utf8')) as { version: string };
  log.note('start', { kindred: program.version, node, electron, platform: process.platform, arch: process.arch, process: process.pid });
}

/** @returns the handlers, whose errors are noted on their way to the caller */
export function noteFailures(handlers: MethodHandlers, log: Log): MethodHandlers {
  const entries = Object.entries(handlers).map(([method, handler]) => {
    const answer = handler as (...args: unknown[]) => Promise<unknown>;
    return [method, noting(log, method, answer)] as const;
  });
  return Object.fromEntries(entries) as unknown as MethodHandlers;
}

export function noteMediaFailures(media: MediaSource, log: Log): MediaSource {
  return { ...media, get: noting(log, 'pictures', (...args: Parameters<MediaSource['get']>) => media.get(...args)) };
}

/** @returns the works, whose errors are noted before they become a failed job's sentence */
export function noteWorkFailures(works: JobWorks, log: Log): JobWorks {
  const entries = Object.entries(works).map(([kind, work]) => [kind, noting(log, `job ${kind}`, work as (...args: unknown[]) => Promise<unknown>)] as const);
  return Object.fromEntries(entries) as unknown as JobWorks;
}

/** @returns what to call with every step of a job: its beginning and its end are noted */
export function createJobNotes(log: Log): (job: JobSnapshot) => void {
  const running = new Set<string>();
  return ({ id, kind, state, progress, error }) => {
    if (state === 'running' && !running.has(id)) {
      running.add(id);
      log.note('job begins', { kind, id });
    } else if (isEnded(state)) {
      running.delete(id);
      const { done, failed } = progress;
      log.note('job ends', { kind, id, state, done, failed, code: error?.code ?? null });
    }
  };
}

function noting<Args extends unknown[], Value>(log: Log, where: string, work: (...args: Args) => Promise<Value>): (...args: Args) => Promise<Value> {
  return async (...args) => {
    try {
      return await work(...args);
    } catch (error) {
      log.noteError(error, where);
      throw error;
    }
  };
}
