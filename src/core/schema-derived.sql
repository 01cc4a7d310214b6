-- Derived tables: all can be dropped and remade from record (zoufangctl rebuild). Flat tables k_KIND are made from the kinds.

-- What lists and pages need to know of the children of a record.
CREATE TABLE tally (
  parent TEXT NOT NULL,
  kind   TEXT NOT NULL,
  n      INTEGER NOT NULL,            -- live heads
  latest TEXT,                        -- greatest value of the kind's date field
  PRIMARY KEY (parent, kind)
) STRICT, WITHOUT ROWID;
-- Households of each village side by side: a list by village skips to a far page by them.
CREATE INDEX tally_village ON tally (parent, n) WHERE kind = 'household';

-- Positions, for the map.
CREATE TABLE place (
  id      TEXT PRIMARY KEY NOT NULL,
  kind    TEXT NOT NULL,
  village TEXT,
  lat_e7  INTEGER NOT NULL,           -- WGS-84 degrees × 10^7
  lon_e7  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX place_kind ON place (kind, village, lat_e7, lon_e7, id);

-- A small number for every home, the topmost ancestor below the village, whether or not it has arrived. Rows stay: a number is
-- never given twice. The flat table of a home's kind has it as its rowid.
CREATE TABLE home (
  n  INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE
) STRICT;

-- One row per searchable record; `search` holds its words under the same rowid. The home is in the number, so that a text is turned into
-- homes without a look at any row: a common one is in 50,000 records.
CREATE TABLE search_row (
  n       INTEGER PRIMARY KEY,        -- home.n × 65536 + a number within the home
  id      TEXT NOT NULL UNIQUE,
  kind    TEXT NOT NULL,
  village TEXT,
  name    TEXT                        -- Chinese characters of its names, for the rank of a hit
) STRICT;
CREATE VIRTUAL TABLE search USING fts5 (words, tokenize = "unicode61 remove_diacritics 0", prefix = '1 2 3', detail = full);

-- Households whose assessed rows must be computed again.
CREATE TABLE dirty (
  id TEXT PRIMARY KEY NOT NULL,
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
