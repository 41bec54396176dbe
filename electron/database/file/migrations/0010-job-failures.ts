/** What a job could not read, row by row: its summary holds how many, and the first hundred. */

import type { Migration } from './migration.ts';

export const jobFailures: Migration = {
  version: 10,
  sql: `
    CREATE TABLE job_failures (
      id INTEGER PRIMARY KEY,
      job_id INTEGER NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
      path TEXT NOT NULL,
      reason TEXT NOT NULL,
      detail TEXT NOT NULL
    ) STRICT;
    CREATE INDEX job_failures_by_job ON job_failures (job_id, id);
  `,
};
