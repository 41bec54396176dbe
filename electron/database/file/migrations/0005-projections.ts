/** What was learnt from the user: projections of a pack's embeddings, all that there ever were, and which one is used. */

import type { Migration } from './migration.ts';

export const projections: Migration = {
  version: 5,
  sql: `
    -- Versions are never given out twice: lists of neighbours on disk belong to one.
    CREATE TABLE projections (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      pack_id INTEGER NOT NULL REFERENCES packs (id),
      state TEXT NOT NULL CHECK (state IN ('adopted', 'set-aside', 'refused')),
      -- [output_length, embedding_length] float32, little endian; null where it was refused.
      matrix BLOB,
      output_length INTEGER,
      distance_scale REAL,
      -- JSON: what it was learnt from and what it did.
      report TEXT NOT NULL,
      created_at TEXT NOT NULL,
      CHECK ((matrix IS NULL) = (state = 'refused'))
    ) STRICT;
    -- One at a time.
    CREATE UNIQUE INDEX projections_adopted ON projections (pack_id) WHERE state = 'adopted';
    CREATE INDEX projections_by_pack ON projections (pack_id, id);
  `,
};
