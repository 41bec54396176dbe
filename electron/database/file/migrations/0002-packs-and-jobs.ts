/** Jobs of other kinds than imports, and how thoroughly a photo was looked at. */

import type { Migration } from './migration.ts';

export const packsAndJobs: Migration = {
  version: 2,
  sql: `
    -- An analysis counts for those who ask for less: 0 is the least that Kindred does, 1 what it did before it asked.
    ALTER TABLE analyses ADD COLUMN effort INTEGER NOT NULL DEFAULT 1;
    CREATE INDEX analyses_by_pack ON analyses (pack_id, pipeline_version, effort);

    -- The pack that a switch or a download is about, and the effort that an import was asked for.
    ALTER TABLE jobs ADD COLUMN pack TEXT;
    ALTER TABLE jobs ADD COLUMN effort TEXT;
  `,
};
