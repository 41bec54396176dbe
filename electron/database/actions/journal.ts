/** The journal: every action of the user's as one entry with its inverse, undone and redone in any session. */

import type { Result, ValidParams } from '../../api/contract.ts';
import type { JournalEntry } from '../../api/schemas.ts';
import { AppError } from '../../base/errors.ts';
import { createId, type JournalEntryId } from '../../base/ids.ts';
import type { Connection } from '../file/connection.ts';
import type { Changed } from '../library-database.ts';
import type { PersonKey } from '../tables/people.ts';
import { createApplyChanges } from './apply-changes.ts';
import { createReadChangedIds, nothingChanged } from './changed-ids.ts';
import { compareRows } from './compare-rows.ts';
import { isEmptyChange, type JournalChanges } from './journal-changes.ts';
import { createJournalEntries, type EntryKey, type EntryParameters } from './journal-entries.ts';
import { createJournalTouches } from './journal-touches.ts';
import { planRedo, planUndo, type JournalPlan } from './plan-steps.ts';
import { createRecorder, type RecordedStores, type Recorder } from './recorder.ts';
import { addTouches } from './touched-fields.ts';

/** What an action answers: the entry that it left, beside what else it tells. */
export type Recorded<Told> = Changed<{ entry: JournalEntry | null } & Told>;

type Step = Changed<Result<'journal.undo'>>;

export type Journal = ReturnType<typeof createJournal>;

export function createJournal(connection: Connection, stores: RecordedStores) {
  const { people, images } = stores;
  const entries = createJournalEntries(connection);
  const touches = createJournalTouches(connection);
  const applyChanges = createApplyChanges(connection, stores);
  const readChangedIds = createReadChangedIds(connection);

  /**
   * Runs an action and writes its entry; an action that changed nothing leaves none.
   * @param act changes rows through the recorder alone and returns what a sentence about it needs
   * @param tell what the action answers beside its entry, read once everything is changed
   */
  function record<Told>(
    kind: JournalEntry['kind'],
    act: (recorder: Recorder) => EntryParameters,
    tell: () => Told,
  ): Recorded<Told> {
    const journalId = createId<JournalEntryId>();
    const recorder = createRecorder(stores, journalId);
    const parameters = act(recorder);
    people.refreshCovers(recorder.touched.people.keys());
    const changes = compareRows(recorder.touched, stores);
    if (isEmptyChange(changes)) return leave(tell());
    keepPeople(recorder.touched.people.keys(), changes);
    const key = entries.add(journalId, kind, parameters, changes);
    touches.add(key, addTouches(recorder.listRelied(), changes));
    const entry = entries.read(key);
    return { result: { entry, ...tell() }, changed: readChangedIds([changes]) };
  }

  /** Answers of an action that finds everything as it should be. */
  function leave<Told>(told: Told): Recorded<Told> {
    return { result: { entry: null, ...told }, changed: nothingChanged };
  }

  /** Whatever an entry speaks of must be there when it is undone. */
  function keepPeople(touched: Iterable<PersonKey>, changes: JournalChanges): void {
    for (const key of touched) images.keepPerson(key);
    const mentioned = new Set<string | null>();
    for (const { before, after } of changes.people) {
      mentioned.add(before?.mergedInto ?? null);
      mentioned.add(after?.mergedInto ?? null);
    }
    for (const { before, after } of [...changes.memberships, ...changes.decisions]) {
      mentioned.add(before?.person ?? null);
      mentioned.add(after?.person ?? null);
    }
    for (const id of mentioned) {
      const key = images.findPerson(id);
      if (key !== null) images.keepPerson(key);
    }
  }

  function step({ undone, redone }: JournalPlan): Step {
    const stepped: JournalEntry[] = [];
    const changesOfEntries: JournalChanges[] = [];
    for (const [keys, side] of [[undone, 'before'], [redone, 'after']] as const) {
      for (const key of keys) {
        const changes = entries.readChanges(key);
        applyChanges(changes, side);
        stepped.push(entries.setUndone(key, side === 'before'));
        // A person is held as long as any entry that is done says so.
        for (const personId of touches.listHeld(key)) images.setHeld(personId, touches.isHeld(personId));
        changesOfEntries.push(changes);
      }
    }
    return { result: { entries: stepped, dependents: [] }, changed: readChangedIds(changesOfEntries) };
  }

  /** Does all that is planned, or names what is planned beside the entry itself. */
  function follow(plan: JournalPlan, key: EntryKey, withDependents: boolean): Step {
    const others = [...plan.undone, ...plan.redone].filter((planned) => planned !== key);
    if (others.length === 0 || withDependents) return step(plan);
    const dependents = others.sort((one, other) => other - one).map(entries.read);
    return { result: { entries: [], dependents }, changed: nothingChanged };
  }

  return {
    record,
    leave,
    list: entries.list,
    readLastDone: entries.readLastDone,
    readLastUndone: entries.readLastUndone,

    /** @throws AppError "not-found", "nothing-to-undo" where it is undone already */
    undo({ entryId, withDependents }: ValidParams<'journal.undo'>): Step {
      const { key, isUndone } = entries.resolve(entryId);
      if (isUndone) throw new AppError('nothing-to-undo', `Expected a done action to undo but ${entryId} is undone`);
      return follow(planUndo(touches, key), key, withDependents);
    },

    /** @throws AppError "not-found", "nothing-to-redo" where it is done */
    redo({ entryId, withDependents }: ValidParams<'journal.redo'>): Step {
      const { key, isUndone } = entries.resolve(entryId);
      if (!isUndone) throw new AppError('nothing-to-redo', `Expected an undone action to redo but ${entryId} is done`);
      return follow(planRedo(touches, key), key, withDependents);
    },
  };
}

