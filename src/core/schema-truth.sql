-- Truth and sync ledgers of store.db, version 1. Frozen: later versions are migrations (zf-schema.c), never edits.

-- The latest state of every record. Fields are one JSON object. (record and change have a rowid: rows of 1-4 kB would each take a page of
-- their own in a table without.)
CREATE TABLE record (
  id      TEXT PRIMARY KEY NOT NULL,  -- UUIDv7, or UUIDv8 of the kind's key
  kind    TEXT NOT NULL,              -- name of the kind file
  parent  TEXT,                       -- record that it belongs to (the kind's parent field, copied)
  village TEXT,                       -- scope: village id, '*' county-wide, NULL while the parent is unknown
  rev     INTEGER NOT NULL DEFAULT 0, -- county revision of base; 0 = the county has not answered yet
  base    TEXT,                       -- last state pulled from the county; NULL while it equals cur
  cur     TEXT NOT NULL,              -- base plus unsent changes
  meta    TEXT,                       -- per field index into who/when of the county (sync.md 2.5a b)
  extra   TEXT,                       -- fields that this version does not know, sent back untouched
  del     TEXT                        -- NULL alive; else the reason: ended, merged:<id>, moved, …
) STRICT;
CREATE INDEX record_parent ON record (parent, kind);
CREATE INDEX record_kind ON record (kind, id);

-- Append-only log of every save, one row per saved record. Never edited except `state`, `d`.
CREATE TABLE change (
  lsn        INTEGER NOT NULL,        -- 1, 2, 3 … without gaps within the epoch
  epoch      TEXT NOT NULL,           -- installation of the store
  change_id  TEXT NOT NULL UNIQUE,    -- UUIDv7
  tx         TEXT,                    -- rows that stand or fall together
  kind       TEXT NOT NULL,
  id         TEXT NOT NULL,
  op         TEXT NOT NULL CHECK (op IN ('add', 'set', 'del', 'undel', 'merge')),
  base_rev   INTEGER NOT NULL,        -- county revision that the author had seen
  base_epoch TEXT,                    -- server epoch of base_rev when it differs from the current one
  f          TEXT NOT NULL,           -- {field:[old,new]} or {field:{"add":[…],"del":[…]}}; del: {"reason":[null,…]}; merge: {"into":[null,id]}
  at         INTEGER NOT NULL,        -- tablet time, UTC ms; evidence only
  by         TEXT NOT NULL,           -- author as claimed
  sv         INTEGER NOT NULL,        -- wire schema when written
  state      INTEGER NOT NULL DEFAULT 0, -- 0 only here, 1 in a frozen batch, 2 acknowledged, 3 acknowledged and pulled past, 4 quarantined
  d          TEXT,                    -- the county's disposition, with conflict id or reason
  PRIMARY KEY (epoch, lsn)
) STRICT;
CREATE INDEX change_record ON change (id, state);
CREATE INDEX change_state ON change (state, kind);

-- Unfinished forms: local, never synced.
CREATE TABLE draft (
  id           TEXT PRIMARY KEY NOT NULL,
  kind         TEXT NOT NULL,
  parent       TEXT,
  form_version TEXT NOT NULL,         -- it opens with the form that it was begun with
  by           TEXT NOT NULL,
  created      INTEGER NOT NULL,      -- UTC ms
  updated      INTEGER NOT NULL,      -- UTC ms
  answers      TEXT NOT NULL,         -- {field: value}
  seen         TEXT NOT NULL          -- {field: {id, field, value, rev}} as shown to the author
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX draft_one ON draft (kind, parent);

-- A frozen push: every retry sends these bytes.
CREATE TABLE batch (
  batch_id TEXT PRIMARY KEY NOT NULL,
  epoch    TEXT NOT NULL,
  first    INTEGER NOT NULL,
  last     INTEGER NOT NULL,
  sha256   TEXT NOT NULL,             -- hex of body
  body     BLOB NOT NULL,
  open     INTEGER NOT NULL           -- 1 until acknowledged
) STRICT, WITHOUT ROWID;

-- Pulled items that wait for the last page.
CREATE TABLE stage (
  n    INTEGER PRIMARY KEY,           -- arrival order
  home TEXT,                          -- household that the item belongs to, NULL = none: applied first
  item TEXT NOT NULL                  -- JSON as pulled
) STRICT;
CREATE INDEX stage_home ON stage (home, n);

-- How far the county's feed is applied, per scope.
CREATE TABLE cursor (
  village TEXT PRIMARY KEY NOT NULL,  -- village id or '*'
  seq     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Photo files.
CREATE TABLE blob (
  sha256 TEXT PRIMARY KEY NOT NULL,   -- hex of the stored JPEG
  source TEXT,                        -- hex of the original file
  size   INTEGER NOT NULL,            -- bytes
  state  INTEGER NOT NULL,            -- ZfBlobState
  url    TEXT,                        -- upload in progress
  offset INTEGER NOT NULL DEFAULT 0   -- bytes that the county has stored
) STRICT, WITHOUT ROWID;
CREATE INDEX blob_state ON blob (state);
CREATE INDEX blob_source ON blob (source);

-- Two values for one group: kept until a person decides.
CREATE TABLE conflict (
  id     TEXT PRIMARY KEY NOT NULL,
  record TEXT NOT NULL,
  grp    TEXT NOT NULL,               -- group of fields
  item   TEXT NOT NULL,               -- JSON {base, theirs:{v,cid}, mine:[{v,cid}], …} as pulled
  open   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX conflict_record ON conflict (record, open);

-- What an import source gave last time: the base of its next three-way comparison.
CREATE TABLE import_row (
  source  TEXT NOT NULL,              -- name of the roster source
  row_key TEXT NOT NULL,              -- stable key of the row: a hash, never a personal value
  record  TEXT NOT NULL,
  vals    TEXT NOT NULL,              -- {field: value} as imported
  PRIMARY KEY (source, row_key)
) STRICT, WITHOUT ROWID;

-- Settings of this installation: device, epoch, server, marks of unfinished maintenance.
CREATE TABLE meta_kv (
  key   TEXT PRIMARY KEY NOT NULL,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
