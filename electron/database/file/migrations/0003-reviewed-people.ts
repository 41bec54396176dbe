/** Indexes for what the user could not say of people, and for one name at two faces of a photo. */

import type { Migration } from './migration.ts';

export const reviewedPeople: Migration = {
  version: 3,
  sql: `
    -- Decisions have one kind more: "left-open", when the user could not say whether a face's person is another one.
    CREATE INDEX decisions_left_open ON decisions (person_id, face_id)
      WHERE kind = 'left-open' AND revoked_at IS NULL;

    CREATE INDEX people_named_by_name ON people (name)
      WHERE merged_into IS NULL AND name IS NOT NULL AND is_ignored = 0;
  `,
};
