-- name: clear_staged_users
DELETE FROM staged_users;

-- name: clear_staged_matches
DELETE FROM staged_matches;

-- name: stage_user
INSERT INTO staged_users (id, address, name, enabled, member) VALUES (?, ?, ?, ?, ?);

-- name: staged_users
SELECT id, address, name, enabled, member FROM staged WHERE address IS NOT NULL ORDER BY address, id;

-- name: stage_match
INSERT INTO staged_matches (key, address, user, follow, kind, others) VALUES (?, ?, ?, ?, ?, ?);

-- name: staged_user_count
SELECT count(DISTINCT id) FROM staged_users;

-- name: staged_match_counts
SELECT count(*), coalesce(sum(others > 0), 0) FROM staged_matches;

-- name: active_count
SELECT count(*) FROM persons WHERE gone IS NULL;

-- name: missing_keys
SELECT key FROM persons WHERE gone IS NULL AND key NOT IN (SELECT key FROM staged_matches) ORDER BY key;

-- name: clear_users
DELETE FROM users;

-- name: adopt_users
INSERT INTO users SELECT id, address, name, enabled, member FROM staged;

-- name: release_missing
UPDATE persons SET gone = :now, next = :now, calendar = NULL, stale = 0, failure = ''
WHERE gone IS NULL AND key NOT IN (SELECT key FROM staged_matches);

-- name: adopt_matches
INSERT INTO persons (key, address, user, follow, kind, others)
SELECT key, address, user, follow, kind, others FROM staged_matches WHERE true
ON CONFLICT (key) DO UPDATE SET
  next = CASE WHEN follow <> excluded.follow OR user <> excluded.user THEN :now ELSE next END,
  calendar = CASE WHEN user = excluded.user AND excluded.follow THEN calendar END,
  failure = CASE WHEN user = excluded.user THEN failure ELSE '' END,
  stale = CASE WHEN user = excluded.user AND excluded.follow THEN stale ELSE 0 END,
  address = excluded.address, user = excluded.user, follow = excluded.follow, kind = excluded.kind,
  others = excluded.others, gone = NULL
WHERE gone IS NOT NULL OR user <> excluded.user OR follow <> excluded.follow OR others <> excluded.others
  OR address <> excluded.address OR kind <> excluded.kind;

-- name: users_at
SELECT id, address, name, enabled, member FROM users WHERE address = :address OR lower(name) = :address ORDER BY id;

-- name: persons_of
SELECT key, address, user, follow, kind, others, gone, stale, failure, next, calendar, sent FROM persons
WHERE key IN (SELECT value FROM json_each(:keys));

-- name: persons_after
SELECT key, address, user, follow, kind, others, gone, stale, failure, next, calendar, sent FROM persons
WHERE key > :after ORDER BY key LIMIT :limit;

-- name: readable_after
SELECT key, address, user, follow, kind, others, gone, stale, failure, next, calendar, sent FROM persons
WHERE key > :after AND gone IS NULL AND follow ORDER BY key LIMIT :limit;

-- name: persons_due
SELECT key, address, user, follow, kind, others, gone, stale, failure, next, calendar, sent FROM persons
WHERE next <= :until ORDER BY next, key LIMIT :limit;

-- name: next_due
SELECT min(next) FROM persons WHERE next IS NOT NULL;

-- name: persons_named
SELECT key, address, user, follow, kind, others, gone, stale, failure, next, calendar, sent FROM persons
WHERE key = :name OR address = :address ORDER BY key;

-- name: save_person
UPDATE persons SET gone = ?, stale = ?, failure = ?, next = ?, calendar = ?, sent = ? WHERE key = ?;

-- name: hasten
UPDATE persons SET next = :now WHERE calendar IS NOT NULL OR sent IS NOT NULL;

-- name: stale_count
SELECT count(*) FROM persons WHERE gone IS NULL AND follow AND stale & :reasons <> 0 AND calendar IS NOT NULL;

-- name: failure_counts
SELECT failure, count(*) FROM persons WHERE gone IS NULL AND follow AND failure <> '' GROUP BY failure ORDER BY 2 DESC, 1;

-- name: add_pending
INSERT INTO outbox (sink, key, body) SELECT ?1, ?2, ?3 WHERE EXISTS (SELECT 1 FROM persons WHERE key = ?2);

-- name: pending
SELECT id, key, body FROM outbox WHERE sink = :sink ORDER BY id LIMIT :limit;

-- name: waiting_count
SELECT count(*) FROM outbox WHERE sink = :sink;

-- name: delivered
DELETE FROM outbox WHERE sink = ? AND id = ?;

-- name: drop_sink
DELETE FROM outbox WHERE sink = :sink;

-- name: replay
INSERT INTO outbox (sink, key, body) SELECT :sink, key, sent FROM persons WHERE sent IS NOT NULL ORDER BY key;

-- name: save_round
INSERT OR REPLACE INTO rounds (name, body) VALUES (:name, :body);

-- name: rounds
SELECT body FROM rounds ORDER BY name;

-- name: save_fact
INSERT OR REPLACE INTO facts (name, body) VALUES (:name, :body);

-- name: fact
SELECT body FROM facts WHERE name = :name;

-- name: gone_before
SELECT key, address, user, follow, kind, others, gone, stale, failure, next, calendar, sent FROM persons
WHERE gone < :before ORDER BY key LIMIT 500;

-- name: forget_person
DELETE FROM persons WHERE key = :key;

-- name: forget_users
DELETE FROM users WHERE id = :user OR address = :address;

-- name: forget_staged_users
DELETE FROM staged_users WHERE id = :user OR address = :address;

-- name: forget_matches
DELETE FROM staged_matches WHERE key = :key;

-- name: forget_pending
DELETE FROM outbox WHERE key = :key;
