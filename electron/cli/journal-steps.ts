/** Takes entries of the journal back and does them again: which ones a command means, and what it says where others
 *  stand in the way. */

import { InvalidArgumentError, type Command } from 'commander';
import type { KindredApi } from '../api/contract.ts';
import type { JournalEntry } from '../api/schemas.ts';
import { AppError } from '../base/errors.ts';
import type { JournalEntryId } from '../base/ids.ts';
import { shortenId } from '../terminal/import-report.ts';
import type { CommandRunner } from './command-runner.ts';
import type { Output } from './output.ts';
import { iterateJournal } from './pages.ts';
import { parseWholeNumber } from './parse-whole-number.ts';
import { describeEntry, printJournal } from './print-journal.ts';
import { UsageError } from './usage-error.ts';

export type Direction = 'undo' | 'redo';

/** Which entries: one by its id or the beginning of it, or so many of the last ones. */
type Steps = { readonly id: string } | { readonly count: number };

const mostSteps = 10_000;
/** As long as ids are shown. */
const idPattern = /^[0-9a-f]{8}[0-9a-f-]{0,28}$/i;
const parseCount = parseWholeNumber(1, mostSteps);

export function addJournalCommand(program: Command, runner: CommandRunner, direction: Direction, description: string): void {
  program
    .command(direction)
    .description(description)
    .argument('[entry]', 'an id, or the beginning of one, as "kindred history" lists them; or how many', parseSteps)
    .option('--count <n>', 'how many', parseCount)
    .option('--with-dependents', 'along with whatever stands in the way', false)
    .action((given: Steps | undefined, options: { count?: number; withDependents: boolean }, command: Command) => {
      if (given !== undefined && options.count !== undefined) throw new UsageError('Expected either an entry or --count <n>');
      const steps = given ?? { count: options.count ?? 1 };
      return runner.runWithLibrary(command, async ({ api, output }) => {
        await printJournal(output, await takeSteps(api, output, { direction, steps, withDependents: options.withDependents }));
      });
    });
}

function parseSteps(text: string): Steps {
  if (idPattern.test(text)) return { id: text.toLowerCase() };
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('Expected the id of an entry, or how many.');
  return { count: parseCount(text) };
}

async function takeSteps(
  api: KindredApi,
  output: Output,
  { direction, steps, withDependents }: { direction: Direction; steps: Steps; withDependents: boolean },
): Promise<JournalEntry[]> {
  const taken: JournalEntry[] = [];
  const take = async (entryId: JournalEntryId): Promise<void> => {
    const { entries, dependents } = await api.call(`journal.${direction}`, { entryId, withDependents });
    if (dependents.length > 0) refuse(output, direction, dependents);
    taken.push(...entries);
  };
  if ('id' in steps) {
    await take((await findEntry(api, steps.id)).id);
    return taken;
  }
  for (let step = 0; step < steps.count; step++) {
    // Which one that is is settled here: what another window does in between is not taken for it.
    const { lastDone, lastUndone } = await api.call('library.status', {});
    const entry = direction === 'undo' ? lastDone : lastUndone;
    if (entry === null && step === 0) throw new AppError(`nothing-to-${direction}`, `Expected an action to ${direction} but received none`);
    if (entry === null) break;
    await take(entry.id);
  }
  return direction === 'undo' ? taken : taken.reverse();
}

/** @throws AppError "not-found", "conflict" where several begin so */
async function findEntry(api: KindredApi, start: string): Promise<JournalEntry> {
  const fitting: JournalEntry[] = [];
  for await (const entry of iterateJournal(api)) {
    if (entry.id.startsWith(start)) fitting.push(entry);
  }
  const [entry] = fitting;
  if (entry === undefined) {
    throw new AppError('not-found', `Expected an entry of the journal but received ${start}`, {
      parameters: { kind: 'journal-entry', id: start },
    });
  }
  if (fitting.length === 1) return entry;
  throw new AppError('conflict', `Expected one entry for ${start} but ${fitting.length} fit`, {
    parameters: { kind: 'journal-entry', id: start, candidates: fitting.map(({ id }) => shortenId(id)).join(', ') },
  });
}

function refuse(output: Output, direction: Direction, dependents: readonly JournalEntry[]): never {
  for (const entry of dependents) output.tell(describeEntry(entry));
  throw new AppError('conflict', `Expected an entry that can be ${direction === 'undo' ? 'undone' : 'redone'} alone`, {
    parameters: { kind: 'dependents', direction, count: dependents.length },
  });
}
