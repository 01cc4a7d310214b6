-- server.db, from version 2 to 3: what merging left in need of a person's look.

-- Records whose answers, each accepted for itself, break a rule of their form together. Never refused, never changed: shown until they agree.
CREATE TABLE review (
  id     TEXT PRIMARY KEY NOT NULL,
  fields TEXT NOT NULL                   -- JSON array: names of the questions whose rule is broken
) STRICT, WITHOUT ROWID;
