/** The first tables of a library. Released migrations are never edited: a change is a new file. */

import type { Migration } from './migration.ts';

export const firstTables: Migration = {
  version: 1,
  sql: `
    -- Values are JSON.
    CREATE TABLE settings (
      key TEXT PRIMARY KEY,
      value TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE volumes (
      id INTEGER PRIMARY KEY,
      key TEXT NOT NULL UNIQUE,
      -- Where it was mounted when last seen.
      mount_path TEXT NOT NULL,
      last_seen_at TEXT NOT NULL
    ) STRICT;

    CREATE TABLE packs (
      id INTEGER PRIMARY KEY,
      name TEXT NOT NULL,
      version TEXT NOT NULL,
      manifest_sha256 TEXT NOT NULL,
      embedding_length INTEGER NOT NULL CHECK (embedding_length > 0),
      registered_at TEXT NOT NULL,
      UNIQUE (name, version, manifest_sha256)
    ) STRICT;

    CREATE TABLE photos (
      id INTEGER PRIMARY KEY,
      uuid TEXT NOT NULL UNIQUE,
      -- SHA-256 of the file's bytes: what a photo is, wherever it lies.
      content_hash BLOB NOT NULL UNIQUE CHECK (length(content_hash) = 32),
      byte_size INTEGER NOT NULL,
      format TEXT NOT NULL,
      -- Upright pixels.
      width INTEGER NOT NULL,
      height INTEGER NOT NULL,
      capture_local TEXT,
      capture_offset_minutes INTEGER,
      capture_source TEXT,
      added_at TEXT NOT NULL,
      -- Orders photos as a person would: by capture time, else by when the library first saw them.
      timeline TEXT NOT NULL AS (coalesce(capture_local, substr(added_at, 1, 19))) VIRTUAL,
      CHECK ((capture_local IS NULL) = (capture_source IS NULL))
    ) STRICT;
    CREATE INDEX photos_by_timeline ON photos (timeline, id);

    -- One photo may lie in several places; a place keeps its row when its file goes or becomes another photo.
    CREATE TABLE locations (
      id INTEGER PRIMARY KEY,
      photo_id INTEGER NOT NULL REFERENCES photos (id) ON DELETE CASCADE,
      volume_id INTEGER NOT NULL REFERENCES volumes (id),
      -- Raw bytes as the file system gave them, relative to the mount path.
      path_bytes BLOB NOT NULL,
      -- The same in Unicode NFC, separated by '/'.
      path TEXT NOT NULL,
      byte_size INTEGER NOT NULL,
      modified_ns INTEGER NOT NULL,
      first_seen_at TEXT NOT NULL,
      last_seen_at TEXT NOT NULL,
      missing_since TEXT
    ) STRICT;
    CREATE UNIQUE INDEX locations_present ON locations (volume_id, path_bytes) WHERE missing_since IS NULL;
    CREATE INDEX locations_by_bytes ON locations (volume_id, path_bytes);
    CREATE INDEX locations_by_path ON locations (volume_id, path) WHERE missing_since IS NULL;
    CREATE INDEX locations_by_photo ON locations (photo_id);

    CREATE TABLE failures (
      id INTEGER PRIMARY KEY,
      volume_id INTEGER NOT NULL REFERENCES volumes (id),
      path_bytes BLOB NOT NULL,
      path TEXT NOT NULL,
      byte_size INTEGER NOT NULL,
      modified_ns INTEGER NOT NULL,
      reason TEXT NOT NULL,
      detail TEXT NOT NULL,
      first_seen_at TEXT NOT NULL,
      last_seen_at TEXT NOT NULL,
      UNIQUE (volume_id, path_bytes)
    ) STRICT;
    CREATE INDEX failures_by_path ON failures (volume_id, path);

    -- Which photo was analyzed by which pack and pipeline: an analysis is done again when either changes.
    CREATE TABLE analyses (
      photo_id INTEGER NOT NULL REFERENCES photos (id) ON DELETE CASCADE,
      pack_id INTEGER NOT NULL REFERENCES packs (id),
      pipeline_version INTEGER NOT NULL,
      face_count INTEGER NOT NULL,
      analyzed_at TEXT NOT NULL,
      PRIMARY KEY (photo_id, pack_id, pipeline_version)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE faces (
      id INTEGER PRIMARY KEY,
      uuid TEXT NOT NULL UNIQUE,
      photo_id INTEGER NOT NULL REFERENCES photos (id) ON DELETE CASCADE,
      -- "unboxed" is a person in a photo without a box.
      origin TEXT NOT NULL CHECK (origin IN ('detected', 'drawn', 'imported', 'unboxed')),
      -- Upright photo pixels.
      box_x REAL,
      box_y REAL,
      box_width REAL,
      box_height REAL,
      score REAL,
      quality REAL,
      is_ignored INTEGER NOT NULL DEFAULT 0 CHECK (is_ignored IN (0, 1)),
      -- What last detected and embedded it.
      pack_id INTEGER REFERENCES packs (id),
      pipeline_version INTEGER,
      detected_at TEXT NOT NULL,
      -- Float32, little endian, x and y by turns, upright photo pixels.
      landmarks BLOB,
      CHECK ((origin = 'unboxed') = (box_x IS NULL)),
      CHECK ((box_x IS NULL) = (box_y IS NULL) AND (box_x IS NULL) = (box_width IS NULL)
        AND (box_x IS NULL) = (box_height IS NULL))
    ) STRICT;
    CREATE INDEX faces_by_photo ON faces (photo_id, is_ignored);
    CREATE INDEX faces_ignored ON faces (id) WHERE is_ignored = 1;

    -- A table of its own with row ids in order of arrival: a clustering reads it from front to back.
    CREATE TABLE embeddings (
      id INTEGER PRIMARY KEY,
      face_id INTEGER NOT NULL REFERENCES faces (id) ON DELETE CASCADE,
      pack_id INTEGER NOT NULL REFERENCES packs (id),
      -- Float32, little endian.
      vector BLOB NOT NULL CHECK (length(vector) > 0 AND length(vector) % 4 = 0),
      UNIQUE (face_id, pack_id)
    ) STRICT;

    CREATE TABLE people (
      -- Never used twice, so that a row that an undo removed comes back where it was in a list.
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      uuid TEXT NOT NULL UNIQUE,
      name TEXT,
      born TEXT,
      cover_face_id INTEGER REFERENCES faces (id) ON DELETE SET NULL,
      is_cover_chosen INTEGER NOT NULL DEFAULT 0 CHECK (is_cover_chosen IN (0, 1)),
      is_ignored INTEGER NOT NULL DEFAULT 0 CHECK (is_ignored IN (0, 1)),
      -- No face leaves it but by the user.
      is_held INTEGER NOT NULL DEFAULT 0 CHECK (is_held IN (0, 1)),
      -- The journal speaks of it: its row stays even when a clustering empties it.
      is_kept INTEGER NOT NULL DEFAULT 0 CHECK (is_kept IN (0, 1)),
      -- Its faces went there and its id answers for it.
      merged_into INTEGER REFERENCES people (id),
      created_at TEXT NOT NULL,
      -- [Note: kept counts] Of faces that are not ignored; kept by the triggers on memberships.
      face_count INTEGER NOT NULL DEFAULT 0,
      photo_count INTEGER NOT NULL DEFAULT 0,
      confirmed_count INTEGER NOT NULL DEFAULT 0,
      CHECK (merged_into IS NULL OR merged_into <> id)
    ) STRICT;
    CREATE INDEX people_by_size ON people (face_count DESC)
      WHERE merged_into IS NULL AND (face_count > 0 OR name IS NOT NULL);
    CREATE INDEX people_shown_by_size ON people (face_count DESC)
      WHERE merged_into IS NULL AND (face_count > 0 OR name IS NOT NULL) AND is_ignored = 0;
    CREATE INDEX people_all_named_by_size ON people (face_count DESC)
      WHERE merged_into IS NULL AND name IS NOT NULL;
    CREATE INDEX people_named_by_size ON people (face_count DESC)
      WHERE merged_into IS NULL AND name IS NOT NULL AND is_ignored = 0;
    CREATE INDEX people_by_cover ON people (cover_face_id) WHERE cover_face_id IS NOT NULL;
    CREATE INDEX people_merged ON people (merged_into) WHERE merged_into IS NOT NULL;

    -- What a name is found by: the whole of it and its rest from every further word on; see search-keys.ts.
    CREATE TABLE person_search_keys (
      key TEXT NOT NULL,
      person_id INTEGER NOT NULL REFERENCES people (id) ON DELETE CASCADE,
      PRIMARY KEY (key, person_id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX person_search_keys_by_person ON person_search_keys (person_id);

    -- A face is in at most one place: its id is the key.
    CREATE TABLE memberships (
      face_id INTEGER PRIMARY KEY REFERENCES faces (id) ON DELETE CASCADE,
      person_id INTEGER NOT NULL REFERENCES people (id),
      is_confirmed INTEGER NOT NULL CHECK (is_confirmed IN (0, 1)),
      source TEXT NOT NULL CHECK (source IN ('clustering', 'user', 'imported')),
      assigned_at TEXT NOT NULL,
      -- Copies of the photo's and the face's columns, kept by triggers: one index orders, pages and counts a person.
      photo_id INTEGER NOT NULL,
      timeline TEXT NOT NULL,
      is_ignored INTEGER NOT NULL CHECK (is_ignored IN (0, 1))
    ) STRICT;
    CREATE INDEX memberships_by_person
      ON memberships (person_id, is_ignored, timeline, photo_id, face_id, is_confirmed);

    CREATE TRIGGER photos_timeline_changes AFTER UPDATE OF capture_local ON photos
      WHEN OLD.timeline <> NEW.timeline
    BEGIN
      UPDATE memberships SET timeline = NEW.timeline
        WHERE face_id IN (SELECT id FROM faces WHERE photo_id = NEW.id);
    END;
    CREATE TRIGGER faces_ignored_changes AFTER UPDATE OF is_ignored ON faces
      WHEN OLD.is_ignored <> NEW.is_ignored
    BEGIN
      UPDATE memberships SET is_ignored = NEW.is_ignored WHERE face_id = NEW.id;
    END;

    -- [Note: kept counts] A photo counts for the first face that comes and for the last one that goes.
    CREATE TRIGGER memberships_come AFTER INSERT ON memberships WHEN NEW.is_ignored = 0
    BEGIN
      UPDATE people SET
        face_count = face_count + 1,
        confirmed_count = confirmed_count + NEW.is_confirmed,
        photo_count = photo_count + NOT EXISTS (
          SELECT 1 FROM memberships WHERE person_id = NEW.person_id AND is_ignored = 0 AND timeline = NEW.timeline
            AND photo_id = NEW.photo_id AND face_id <> NEW.face_id)
        WHERE id = NEW.person_id;
    END;
    CREATE TRIGGER memberships_go AFTER DELETE ON memberships WHEN OLD.is_ignored = 0
    BEGIN
      UPDATE people SET
        face_count = face_count - 1,
        confirmed_count = confirmed_count - OLD.is_confirmed,
        photo_count = photo_count - NOT EXISTS (
          SELECT 1 FROM memberships WHERE person_id = OLD.person_id AND is_ignored = 0 AND timeline = OLD.timeline
            AND photo_id = OLD.photo_id AND face_id <> OLD.face_id)
        WHERE id = OLD.person_id;
    END;
    CREATE TRIGGER memberships_change AFTER UPDATE OF person_id, is_confirmed, is_ignored ON memberships
    BEGIN
      UPDATE people SET
        face_count = face_count - 1,
        confirmed_count = confirmed_count - OLD.is_confirmed,
        photo_count = photo_count - NOT EXISTS (
          SELECT 1 FROM memberships WHERE person_id = OLD.person_id AND is_ignored = 0 AND timeline = OLD.timeline
            AND photo_id = OLD.photo_id AND face_id <> OLD.face_id)
        WHERE id = OLD.person_id AND OLD.is_ignored = 0;
      UPDATE people SET
        face_count = face_count + 1,
        confirmed_count = confirmed_count + NEW.is_confirmed,
        photo_count = photo_count + NOT EXISTS (
          SELECT 1 FROM memberships WHERE person_id = NEW.person_id AND is_ignored = 0 AND timeline = NEW.timeline
            AND photo_id = NEW.photo_id AND face_id <> NEW.face_id)
        WHERE id = NEW.person_id AND NEW.is_ignored = 0;
    END;

    -- Everything the user did, in order; changes holds the rows before and after, by uuid (journal-changes.ts).
    CREATE TABLE journal (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      uuid TEXT NOT NULL UNIQUE,
      schema_version INTEGER NOT NULL,
      kind TEXT NOT NULL,
      at TEXT NOT NULL,
      undone_at TEXT,
      -- Undone, and then something else was done: it cannot be done again.
      discarded_at TEXT,
      parameters TEXT NOT NULL,
      changes TEXT NOT NULL
    ) STRICT;
    CREATE INDEX journal_done ON journal (id) WHERE undone_at IS NULL;
    CREATE INDEX journal_undone ON journal (id) WHERE undone_at IS NOT NULL AND discarded_at IS NULL;
    CREATE INDEX journal_listed ON journal (id) WHERE discarded_at IS NULL;

    -- What the user has said of a face. Content and box are copied, so that a decision outlives its face's row.
    CREATE TABLE decisions (
      id INTEGER PRIMARY KEY,
      uuid TEXT NOT NULL UNIQUE,
      -- confirmed, rejected, moved, ignored
      kind TEXT NOT NULL,
      face_id INTEGER REFERENCES faces (id) ON DELETE SET NULL,
      -- Also the id of the face that takes its row's place when the photo comes back.
      face_uuid TEXT NOT NULL,
      person_id INTEGER REFERENCES people (id),
      content_hash BLOB NOT NULL,
      box_x REAL,
      box_y REAL,
      box_width REAL,
      box_height REAL,
      journal_uuid TEXT,
      made_at TEXT NOT NULL,
      -- The user has since said otherwise.
      revoked_at TEXT
    ) STRICT;
    CREATE INDEX decisions_by_face ON decisions (face_id) WHERE face_id IS NOT NULL;
    CREATE INDEX decisions_without_face ON decisions (content_hash) WHERE face_id IS NULL;
    CREATE INDEX decisions_by_person ON decisions (person_id) WHERE person_id IS NOT NULL;
    CREATE INDEX decisions_rejected ON decisions (face_id, person_id) WHERE kind = 'rejected' AND revoked_at IS NULL;

    CREATE TABLE clusterings (
      id INTEGER PRIMARY KEY,
      uuid TEXT NOT NULL UNIQUE,
      pack_id INTEGER NOT NULL REFERENCES packs (id),
      algorithm TEXT NOT NULL,
      parameters TEXT NOT NULL,
      face_count INTEGER NOT NULL,
      cluster_count INTEGER NOT NULL,
      made_at TEXT NOT NULL
    ) STRICT;
    -- Of the last clustering alone.
    CREATE TABLE clusters (
      id INTEGER PRIMARY KEY,
      uuid TEXT NOT NULL UNIQUE,
      clustering_id INTEGER NOT NULL REFERENCES clusterings (id)
    ) STRICT;
    CREATE TABLE cluster_members (
      face_id INTEGER PRIMARY KEY REFERENCES faces (id) ON DELETE CASCADE,
      cluster_id INTEGER NOT NULL REFERENCES clusters (id)
    ) STRICT;
    CREATE INDEX cluster_members_by_cluster ON cluster_members (cluster_id);

    -- Structured columns are JSON.
    CREATE TABLE jobs (
      id INTEGER PRIMARY KEY,
      uuid TEXT NOT NULL UNIQUE,
      kind TEXT NOT NULL,
      state TEXT NOT NULL,
      folders TEXT NOT NULL,
      progress TEXT NOT NULL,
      summary TEXT,
      error TEXT,
      created_at TEXT NOT NULL,
      updated_at TEXT NOT NULL
    ) STRICT;
  `,
};
