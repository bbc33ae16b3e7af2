-- The store of one integration, as it is in its newest version. The chain in migrations/ gives the same database.
-- Times are milliseconds since 1970 UTC. Calendars hold masked events only: a text the rules forbid never gets here.

-- Users of the directory, as the last good users round read them.
CREATE TABLE users (
  id TEXT PRIMARY KEY, address TEXT, name TEXT NOT NULL, enabled INTEGER NOT NULL, member INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX users_address ON users (address);

-- Matched people with their calendar (JSON) and the last record sent (JSON).
CREATE TABLE persons (
  key TEXT PRIMARY KEY, address TEXT NOT NULL, user TEXT NOT NULL, follow INTEGER NOT NULL, kind TEXT NOT NULL,
  others INTEGER NOT NULL, gone INTEGER, stale INTEGER NOT NULL DEFAULT 0, failure TEXT NOT NULL DEFAULT '',
  next INTEGER, calendar BLOB, sent BLOB
);
CREATE INDEX persons_next ON persons (next) WHERE next IS NOT NULL;
CREATE INDEX persons_address ON persons (address);

-- Records that a sink has not taken yet, in the order they were made.
CREATE TABLE outbox (id INTEGER PRIMARY KEY AUTOINCREMENT, sink TEXT NOT NULL, key TEXT NOT NULL, body BLOB NOT NULL);
CREATE INDEX outbox_sink ON outbox (sink, id);

-- The last round of each kind (JSON), and single facts by name (JSON).
CREATE TABLE rounds (name TEXT PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE facts (name TEXT PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID;
