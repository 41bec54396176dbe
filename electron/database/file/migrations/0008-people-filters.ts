/** Indexes for the lists of people without a name and of people who are ignored. */

import type { Migration } from './migration.ts';

export const peopleFilters: Migration = {
  version: 8,
  sql: `
    CREATE INDEX people_unnamed_by_size ON people (face_count DESC)
      WHERE merged_into IS NULL AND face_count > 0 AND name IS NULL AND is_ignored = 0;
    CREATE INDEX people_ignored_by_size ON people (face_count DESC)
      WHERE merged_into IS NULL AND (face_count > 0 OR name IS NOT NULL) AND is_ignored = 1;
  `,
};
