/** What the answers of KindredApi work with. */

import type { MethodHandlers } from '../../api/contract.ts';
import type { LibraryDatabase } from '../../database/library-database.ts';
import type { ChangeNotifier } from '../../jobs/change-notifier.ts';
import type { LibraryClusterer } from '../../jobs/cluster-library.ts';
import type { JobRunner } from '../../jobs/job-runner.ts';
import type { PackStore } from '../../../native-models/packs/pack-store.ts';
import type { EngineOptions } from '../engine-options.ts';
import type { Learner } from '../learner.ts';
import type { PackSwitcher } from '../pack-switcher.ts';
import type { Recognition } from '../recognition.ts';

export interface HandlerParts {
  readonly options: EngineOptions;
  readonly database: LibraryDatabase;
  readonly packs: PackStore;
  readonly recognition: Recognition;
  readonly switcher: PackSwitcher;
  readonly runner: JobRunner;
  readonly notifier: ChangeNotifier;
  readonly clusterer: LibraryClusterer;
  readonly learner: Learner;
}

/** The answers of one group of methods. */
export type HandlersOf<Group extends string> = Pick<MethodHandlers, Extract<keyof MethodHandlers, `${Group}.${string}`>>;

/** Every action of the user is told once it is stored. */
export async function act<Value>({ notifier, learner }: HandlerParts, action: Promise<Value>): Promise<Value> {
  const value = await action;
  notifier.notify('people', 'faces', 'journal', 'status');
  learner.noteChange();
  return value;
}
