-- A users round that is under way; it replaces `users` in one step, or not at all. Temporary: a crash leaves nothing.
-- No key on the users: pages are appended as they come, and the last of a double id is picked when they are read.
CREATE TEMP TABLE staged_users (
  id TEXT NOT NULL, address TEXT, name TEXT NOT NULL, enabled INTEGER NOT NULL, member INTEGER NOT NULL
);
CREATE TEMP VIEW staged AS SELECT id, address, name, enabled, member, max(rowid) FROM staged_users GROUP BY id;
CREATE TEMP TABLE staged_matches (
  key TEXT PRIMARY KEY, address TEXT NOT NULL, user TEXT NOT NULL, follow INTEGER NOT NULL, kind TEXT NOT NULL,
  others INTEGER NOT NULL
) WITHOUT ROWID;
