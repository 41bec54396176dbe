/** What the answers of KindredApi work with. */

import type { ActionMethod, MethodHandlers } from '../../api/contract.ts';
import type { Changed, LibraryDatabase } from '../../database/library-database.ts';
import type { AnalyzerLease } from '../../jobs/analyzer-lease.ts';
import type { ChangeNotifier } from '../../jobs/change-notifier.ts';
import type { LibraryClusterer } from '../../jobs/cluster-library.ts';
import type { JobRunner } from '../../jobs/job-runner.ts';
import type { PackStore } from '../../../native-models/packs/pack-store.ts';
import type { LibraryPack } from '../active-pack.ts';
import type { AnalysisPlanner } from '../analysis-planner.ts';
import type { EngineOptions } from '../engine-options.ts';
import type { Learner } from '../learner.ts';
import type { PackSwitcher } from '../pack-switcher.ts';
import type { SettingsOfRecognition } from '../recognition-settings.ts';

export interface HandlerParts {
  readonly options: EngineOptions;
  readonly database: LibraryDatabase;
  readonly packs: PackStore;
  readonly settings: SettingsOfRecognition;
  readonly libraryPack: LibraryPack;
  readonly planner: AnalysisPlanner;
  readonly analyzers: AnalyzerLease;
  readonly switcher: PackSwitcher;
  readonly runner: JobRunner;
  readonly notifier: ChangeNotifier;
  readonly clusterer: LibraryClusterer;
  readonly learner: Learner;
}

/** The answers of one group of methods, but for what the user does (actions.ts). */
export type HandlersOf<Group extends string> = Pick<
  MethodHandlers,
  Exclude<Extract<keyof MethodHandlers, `${Group}.${string}`>, ActionMethod>
>;

/** Tells what the user has changed, once it is stored. @returns what the caller is answered */
export function tellChange<Value>({ notifier, learner }: HandlerParts, { result, changed }: Changed<Value>): Value {
  notifier.notifyOf(['people', 'faces', 'journal', 'status'], changed);
  learner.noteChange();
  return result;
}
