-- server.db, version 1: the county's store of truth (sync.md 2.3). Later versions are migrations, never edits.
-- Only zf-server-store-sqlite*.c know these tables.

-- server_id, server_epoch, seq (the last one given), made.
CREATE TABLE server_kv (
  key   TEXT PRIMARY KEY NOT NULL,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Enrolled installations; 'county' is the server's own first tablet.
CREATE TABLE device (
  id          TEXT PRIMARY KEY NOT NULL,
  name        TEXT NOT NULL,
  token       TEXT NOT NULL UNIQUE,      -- hex SHA-256 of the bearer token; the token itself is never stored
  key         TEXT,                      -- Ed25519 public key of the tablet, NULL until it has one
  suspended   INTEGER NOT NULL DEFAULT 0,
  scope_epoch INTEGER NOT NULL DEFAULT 1, -- +1 whenever its villages change
  enrolled    INTEGER NOT NULL,          -- UTC ms
  app         TEXT
) STRICT, WITHOUT ROWID;

-- Who works where: the scope of a device is the villages of its open rows.
CREATE TABLE assignment (
  user     TEXT,                         -- NULL: the device as a whole
  device   TEXT NOT NULL,
  team     TEXT,
  village  TEXT,                         -- NULL: every village
  from_seq INTEGER NOT NULL,
  to_seq   INTEGER                       -- NULL: still valid
) STRICT;
CREATE INDEX assignment_device ON assignment (device, to_seq);

-- Codes for enrolment: single use.
CREATE TABLE enrol_code (
  code     TEXT PRIMARY KEY NOT NULL,    -- hex SHA-256 of the code
  name     TEXT NOT NULL,
  villages TEXT,                         -- JSON array of village ids, NULL = all
  expires  INTEGER NOT NULL,             -- UTC ms, server time
  device   TEXT                          -- who used it
) STRICT, WITHOUT ROWID;

-- One installation of a tablet's store: (device, epoch) with its own gapless lsn.
CREATE TABLE origin (
  n      INTEGER PRIMARY KEY,
  device TEXT NOT NULL,
  epoch  TEXT NOT NULL,
  acked  INTEGER NOT NULL DEFAULT 0,     -- every lsn up to this one is in `change`
  UNIQUE (device, epoch)
) STRICT;

-- Every change ever received, as it came, with its one disposition. Append-only.
CREATE TABLE change (
  seq         INTEGER PRIMARY KEY,       -- server-wide, in commit order
  origin      INTEGER NOT NULL,
  lsn         INTEGER NOT NULL,
  change_id   TEXT NOT NULL UNIQUE,
  kind        TEXT NOT NULL,
  id          TEXT NOT NULL,
  rev         INTEGER NOT NULL,          -- of the record after this change
  at          INTEGER NOT NULL,          -- tablet time, evidence only
  by          TEXT NOT NULL,
  recv_at     INTEGER NOT NULL,
  skew        INTEGER NOT NULL,          -- server time − tablet time when it came
  disposition TEXT NOT NULL,
  bytes       TEXT NOT NULL,             -- JSON exactly as received
  UNIQUE (origin, lsn)
) STRICT;
CREATE INDEX change_record ON change (id, seq);

-- The latest state of every record, without its fields.
CREATE TABLE record (
  id         TEXT PRIMARY KEY NOT NULL,
  kind       TEXT NOT NULL,
  parent     TEXT,
  village    TEXT,                       -- '*' county-wide; NULL while the parent has not come
  rev        INTEGER NOT NULL,
  seq        INTEGER NOT NULL,           -- of its latest accepted change
  del        TEXT,                       -- NULL alive, else the reason
  del_rev    INTEGER NOT NULL DEFAULT 0, -- rev of the last del
  del_change INTEGER NOT NULL DEFAULT 0, -- its change.seq
  mark       INTEGER NOT NULL DEFAULT 0  -- feed seq of the last del or undel, 0 = never
) STRICT, WITHOUT ROWID;
CREATE INDEX record_parent ON record (parent);

-- Field values: one row holds the groups that one change was the last to set, so a visit of 30 answers is one row, not 30.
-- A later change takes its groups out of older rows; a row left empty goes.
CREATE TABLE field (
  seq    INTEGER PRIMARY KEY,            -- place in the feed; changes when the record moves to another village
  id     TEXT NOT NULL,
  rev    INTEGER NOT NULL,               -- record rev at which these groups were set
  change INTEGER NOT NULL,               -- change.seq: author and time
  whole  INTEGER NOT NULL,               -- 1: exactly the values that the change brought, so its author needs no copy
  f      TEXT NOT NULL                   -- {field: value or null}, always all fields of a group
) STRICT;
CREATE INDEX field_record ON field (id);

-- Order in which each village's tablets see it all. One row a seq: a page can never split one.
CREATE TABLE feed (
  seq     INTEGER PRIMARY KEY,
  village TEXT,
  what    INTEGER NOT NULL,              -- 0 fields, 1 del, 2 undel, 3 conflict, 4 gone
  id      TEXT NOT NULL
) STRICT;
CREATE INDEX feed_village ON feed (village, seq);

-- A frozen push and what was answered: a replay gets the same results.
CREATE TABLE batch (
  device   TEXT NOT NULL,
  batch_id TEXT NOT NULL,
  sha256   TEXT NOT NULL,
  response TEXT NOT NULL,                -- JSON array of results
  acked    INTEGER NOT NULL,
  PRIMARY KEY (device, batch_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE conflict (
  id     TEXT PRIMARY KEY NOT NULL,
  seq    INTEGER NOT NULL,               -- its place in the feed
  record TEXT NOT NULL,
  kind   TEXT NOT NULL,                  -- edit, delete_vs_edit, edit_vs_delete
  grp    TEXT NOT NULL,                  -- group of fields, '' for the whole record
  device TEXT NOT NULL,                  -- whose later values join `mine`
  open   INTEGER NOT NULL,
  base   TEXT,                           -- JSON value
  theirs TEXT NOT NULL,                  -- JSON {v, cid}
  mine   TEXT NOT NULL                   -- JSON [{v, cid}, …]
) STRICT, WITHOUT ROWID;
CREATE INDEX conflict_record ON conflict (record, open);

-- Changes that could not be merged: acknowledged, kept, visible to both sides.
CREATE TABLE quarantine (
  seq    INTEGER PRIMARY KEY,            -- change.seq
  id     TEXT NOT NULL,
  why    TEXT NOT NULL,
  closed INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE scope_log (
  seq     INTEGER PRIMARY KEY,
  village TEXT,
  id      TEXT NOT NULL,
  way     TEXT NOT NULL CHECK (way IN ('enter', 'leave')),
  why     TEXT NOT NULL
) STRICT;
CREATE INDEX scope_log_record ON scope_log (id, seq);

-- How far each village's feed was ever handed to a device: no base may claim to have seen more.
CREATE TABLE delivery (
  device  TEXT NOT NULL,
  village TEXT NOT NULL,                 -- '' for a device of every village
  seq     INTEGER NOT NULL,
  PRIMARY KEY (device, village)
) STRICT, WITHOUT ROWID;

-- Photo files under blobs/, and which records show them (who may fetch them).
CREATE TABLE blob (
  sha256 TEXT PRIMARY KEY NOT NULL,
  size   INTEGER NOT NULL,
  device TEXT NOT NULL,                  -- who brought it
  at     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE blob_ref (
  sha256 TEXT NOT NULL,
  id     TEXT NOT NULL,
  PRIMARY KEY (sha256, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE audit (
  n      INTEGER PRIMARY KEY,
  at     INTEGER NOT NULL,
  device TEXT,
  action TEXT NOT NULL,                  -- init, code, enrol, push, import
  object TEXT
) STRICT;
