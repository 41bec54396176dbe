/** Numbers of embeddings that are never used twice: whoever keeps vectors knows by them which ones are new. */

import type { Migration } from './migration.ts';

export const embeddingNumbers: Migration = {
  version: 4,
  sql: `
    -- The last number that was given out; a row's own would come again once the last rows are gone.
    CREATE TABLE counters (
      name TEXT PRIMARY KEY,
      value INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    INSERT INTO counters (name, value) SELECT 'embeddings', coalesce(max(id), 0) FROM embeddings;
  `,
};
