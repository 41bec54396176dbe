/** Numbers of scans: which one saw a file last. A clock may go back; a number does not. */

import type { Migration } from './migration.ts';

export const scanNumbers: Migration = {
  version: 7,
  sql: `
    -- The number of the last scan that began. 0 stands for every scan before there were numbers.
    INSERT INTO counters (name, value) VALUES ('scans', 0);
    ALTER TABLE locations ADD COLUMN last_scan INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE failures ADD COLUMN last_scan INTEGER NOT NULL DEFAULT 0;
  `,
};
