-- Derived tables: all can be dropped and remade from record (zoufangctl rebuild). Flat tables k_KIND are made from the kinds.

-- What lists and pages need to know of the children of a record.
CREATE TABLE tally (
  parent TEXT NOT NULL,
  kind   TEXT NOT NULL,
  n      INTEGER NOT NULL,            -- live heads
  latest TEXT,                        -- greatest value of the kind's date field
  PRIMARY KEY (parent, kind)
) STRICT, WITHOUT ROWID;

-- Positions, for the map.
CREATE TABLE place (
  id      TEXT PRIMARY KEY NOT NULL,
  kind    TEXT NOT NULL,
  village TEXT,
  lat_e7  INTEGER NOT NULL,           -- WGS-84 degrees × 10^7
  lon_e7  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX place_kind ON place (kind, village, lat_e7, lon_e7, id);

-- One row per searchable record; `search` holds its words under the same rowid.
CREATE TABLE search_row (
  n       INTEGER PRIMARY KEY,
  id      TEXT NOT NULL UNIQUE,
  kind    TEXT NOT NULL,
  home    TEXT NOT NULL,              -- topmost ancestor below the village
  village TEXT,
  name    TEXT                        -- Chinese characters of its names, for the rank of a hit
) STRICT;
CREATE VIRTUAL TABLE search USING fts5 (words, tokenize = "unicode61 remove_diacritics 0", prefix = '1 2 3', detail = full);

-- Households whose assessed rows must be computed again.
CREATE TABLE dirty (
  id TEXT PRIMARY KEY NOT NULL,
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
