/** The journal: what the user did, taken back and done again. */

import { act, type HandlerParts, type HandlersOf } from './handler-parts.ts';

export function createJournalHandlers(parts: HandlerParts): HandlersOf<'journal'> {
  const { database } = parts;
  return {
    'journal.list': (params) => database.listJournal(params),
    'journal.undo': async ({ count }) => ({ entries: await act(parts, database.undo(count)) }),
    'journal.redo': async ({ count }) => ({ entries: await act(parts, database.redo(count)) }),
  };
}
