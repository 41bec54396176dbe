/** All migrations, oldest first. */

import { firstTables } from './0001-first-tables.ts';
import { packsAndJobs } from './0002-packs-and-jobs.ts';
import { reviewedPeople } from './0003-reviewed-people.ts';
import { embeddingNumbers } from './0004-embedding-numbers.ts';
import { projections } from './0005-projections.ts';
import { pictureNumbers } from './0006-picture-numbers.ts';
import { scanNumbers } from './0007-scan-numbers.ts';
import { peopleFilters } from './0008-people-filters.ts';
import { journalTouches } from './0009-journal-touches.ts';
import { jobFailures } from './0010-job-failures.ts';
import type { Migration } from './migration.ts';

export const migrations: readonly Migration[] = [
  firstTables,
  packsAndJobs,
  reviewedPeople,
  embeddingNumbers,
  projections,
  pictureNumbers,
  scanNumbers,
  peopleFilters,
  journalTouches,
  jobFailures,
];
