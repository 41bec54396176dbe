/** The journal: what the user did, taken back and done again. */

import { tellChange, type HandlerParts, type HandlersOf } from './handler-parts.ts';

export function createJournalHandlers(parts: HandlerParts): HandlersOf<'journal'> {
  const { database } = parts;
  return {
    'journal.list': (params) => database.listJournal(params),
    'journal.undo': async (params) => tellChange(parts, await database.undo(params)),
    'journal.redo': async (params) => tellChange(parts, await database.redo(params)),
  };
}
