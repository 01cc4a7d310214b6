-- Truth and sync ledgers of store.db, from version 1 to 2: digests, snapshots, thumbnails.

-- First 16 bytes of SHA-256 (id, rev, base state; zf-digest.h). NULL: the county does not hold the record, or it is deleted.
ALTER TABLE record ADD COLUMN digest BLOB;
-- Village in whose sum the digest counts, where that is not `village`: unsent changes have moved the record; '': in none yet. NULL: it is.
ALTER TABLE record ADD COLUMN counted TEXT;
-- Why the record has ended at the county, whatever unsent changes do to it ("quarantined": it was never taken there). NULL: it has not.
ALTER TABLE record ADD COLUMN base_del TEXT;

-- Sum of the digests of each village, compared with the county's (sync.md 2.5).
CREATE TABLE digest (
  village TEXT PRIMARY KEY NOT NULL,  -- village id or '*'
  n       INTEGER NOT NULL,           -- records
  h       BLOB NOT NULL               -- 16 bytes, big-endian sum modulo 2^128
) STRICT, WITHOUT ROWID;

-- A village that is being copied whole: parts that are here already stand in `stage`.
CREATE TABLE snapshot (
  village TEXT PRIMARY KEY NOT NULL,  -- village id, '*' county-wide records, 'all' for a tablet of every village
  seq     INTEGER NOT NULL,           -- the feed goes on after it
  parts   TEXT NOT NULL,              -- JSON [{n,size,sha256}] as the county listed them
  next    INTEGER NOT NULL            -- index of the part to fetch next; beyond the last: all are staged
) STRICT, WITHOUT ROWID;

-- Records that a running snapshot brought: what stood in its village before and is not among them goes at its end.
CREATE TABLE snapshot_id (
  id TEXT PRIMARY KEY NOT NULL
) STRICT, WITHOUT ROWID;

-- 1: the small picture is here.
ALTER TABLE blob ADD COLUMN thumb INTEGER NOT NULL DEFAULT 0;
UPDATE blob SET thumb = 1 WHERE state <> 3;

-- Record that a staged item is about: others that came with it find their household by it.
ALTER TABLE stage ADD COLUMN id TEXT;
CREATE INDEX stage_id ON stage (id);
UPDATE stage SET id = json_extract (item, '$.id') WHERE json_valid (item);
-- Homes whose items are applied together: a record went from one to the other.
CREATE TABLE stage_join (
  home      TEXT PRIMARY KEY NOT NULL,
  into_home TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Records whose state at the county cannot be made out from what came: they are fetched whole.
CREATE TABLE lacking (
  id TEXT PRIMARY KEY NOT NULL
) STRICT, WITHOUT ROWID;
