-- server.db, from version 1 to 2: digests, snapshots, teams, restores, resumable uploads.

-- First 16 bytes of SHA-256 (id, rev, state; zf-digest.h), NULL when deleted.
ALTER TABLE record ADD COLUMN digest BLOB;
CREATE TABLE digest (
  village TEXT PRIMARY KEY NOT NULL,     -- village id or '*'
  n       INTEGER NOT NULL,
  h       BLOB NOT NULL                  -- 16 bytes, big-endian sum modulo 2^128
) STRICT, WITHOUT ROWID;
CREATE INDEX record_village ON record (village);
-- Who was merged into whom.
CREATE INDEX record_del ON record (del) WHERE del IS NOT NULL;

-- What parcels for the tablet are sealed to: X25519 public key, base64.
ALTER TABLE device ADD COLUMN seal_key TEXT;

-- Every lsn up to this one stands in a backup too.
ALTER TABLE origin ADD COLUMN durable INTEGER NOT NULL DEFAULT 0;
-- 1: a backup holds the file.
ALTER TABLE blob ADD COLUMN durable INTEGER NOT NULL DEFAULT 0;

-- How a conflict was closed: JSON {resolution, value, by, at, why}; NULL while open.
ALTER TABLE conflict ADD COLUMN closed TEXT;

-- A change that was stored before, sent again under other numbers (a new epoch of its tablet).
CREATE TABLE resent (
  origin    INTEGER NOT NULL,
  lsn       INTEGER NOT NULL,
  change_id TEXT NOT NULL,
  PRIMARY KEY (origin, lsn)
) STRICT, WITHOUT ROWID;

-- What makes a record one of a kind in its village: a hash of the fields of its kind's rule.
CREATE TABLE twin (
  id   TEXT NOT NULL,
  rule INTEGER NOT NULL,
  key  TEXT NOT NULL,
  PRIMARY KEY (id, rule)
) STRICT, WITHOUT ROWID;
CREATE INDEX twin_key ON twin (key);

-- Server epochs that ended because a backup was restored, and the last seq that survived each.
CREATE TABLE restore_point (
  epoch TEXT PRIMARY KEY NOT NULL,
  seq   INTEGER NOT NULL,
  at    INTEGER NOT NULL                 -- UTC ms
) STRICT, WITHOUT ROWID;

-- Teams; which villages they have stands in `assignment` (device ''), which tablets too (village NULL, device set).
CREATE TABLE team (
  name TEXT PRIMARY KEY NOT NULL,
  made INTEGER NOT NULL                  -- UTC ms
) STRICT, WITHOUT ROWID;

-- Photo uploads in progress (tus 1.0.0); the bytes stand in uploads/ID.
CREATE TABLE upload (
  id      TEXT PRIMARY KEY NOT NULL,
  device  TEXT NOT NULL,
  sha256  TEXT NOT NULL,                 -- of the whole file, as announced
  size    INTEGER NOT NULL,
  expires INTEGER NOT NULL               -- UTC ms; gone after it
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX upload_one ON upload (device, sha256);
CREATE INDEX upload_expires ON upload (expires);

-- Published snapshots; the parts stand in snapshots/VILLAGE/SEQ/N.
CREATE TABLE snapshot (
  village TEXT NOT NULL,                 -- village id, '*', or 'all'
  seq     INTEGER NOT NULL,
  made    INTEGER NOT NULL,              -- UTC ms; kept for 7 days
  parts   TEXT NOT NULL,                 -- JSON [{n,size,sha256}]
  PRIMARY KEY (village, seq)
) STRICT, WITHOUT ROWID;
