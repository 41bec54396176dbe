/** Numbers that go into the addresses of faces' pictures, which browsers keep: another picture gets another number. */

import type { Migration } from './migration.ts';

export const pictureNumbers: Migration = {
  version: 6,
  sql: `
    -- A number that is never used twice, and a new one whenever a face of the photo comes, goes or moves: how a face is cut
    -- depends on those beside it. 0 for photos of which no face has changed since the column is there.
    ALTER TABLE photos ADD COLUMN picture_number INTEGER NOT NULL DEFAULT 0;
    INSERT INTO counters (name, value) VALUES ('pictures', 0);

    CREATE TRIGGER faces_pictured AFTER INSERT ON faces
    BEGIN
      UPDATE counters SET value = value + 1 WHERE name = 'pictures';
      UPDATE photos SET picture_number = (SELECT value FROM counters WHERE name = 'pictures') WHERE id = NEW.photo_id;
    END;
    CREATE TRIGGER faces_pictured_no_more AFTER DELETE ON faces
    BEGIN
      UPDATE counters SET value = value + 1 WHERE name = 'pictures';
      UPDATE photos SET picture_number = (SELECT value FROM counters WHERE name = 'pictures') WHERE id = OLD.photo_id;
    END;
    CREATE TRIGGER faces_pictured_anew AFTER UPDATE OF photo_id, box_x, box_y, box_width, box_height, landmarks ON faces
      WHEN (OLD.photo_id, OLD.box_x, OLD.box_y, OLD.box_width, OLD.box_height, OLD.landmarks)
        IS NOT (NEW.photo_id, NEW.box_x, NEW.box_y, NEW.box_width, NEW.box_height, NEW.landmarks)
    BEGIN
      UPDATE counters SET value = value + 1 WHERE name = 'pictures';
      UPDATE photos SET picture_number = (SELECT value FROM counters WHERE name = 'pictures')
        WHERE id IN (OLD.photo_id, NEW.photo_id);
    END;
  `,
};
