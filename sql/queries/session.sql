-- name: find
SELECT account.id, account.email, account.name, account.roles, account.state, account.created_at,
       session.key, session.account_id, session.created_at, session.last_seen_at, session.idle,
       session.ends_at, session.remembered, session.client, session.agent
FROM session
JOIN account ON account.id = session.account_id
WHERE session.key = $1
  AND session.last_seen_at + session.idle > $2
  AND session.ends_at > $2
  AND account.state = 'active';

-- name: list
-- In the order of its index: the few that one account has are sorted elsewhere for less.
SELECT key, account_id, created_at, last_seen_at, idle, ends_at, remembered, client, agent
FROM session
WHERE account_id = $1
  AND last_seen_at + idle > $2
  AND ends_at > $2
ORDER BY key;

-- name: insert
INSERT INTO session
    (key, account_id, created_at, last_seen_at, idle, ends_at, remembered, client, agent)
VALUES ($1, $2, $3, $3, $4, $5, $6, $7, $8);

-- name: touch
-- Never back in time: what was noted may be written late, or by a worker whose clock is behind.
UPDATE session SET last_seen_at = $2
WHERE key = $1 AND last_seen_at < $2;

-- name: end_one
DELETE FROM session WHERE key = $1;

-- name: end_public
-- $2: what the visitor sees of the key.
DELETE FROM session
WHERE account_id = $1 AND substr(key, 1, 16) = $2;

-- name: end_others
DELETE FROM session
WHERE account_id = $1 AND key <> $2;

-- name: end_all
DELETE FROM session WHERE account_id = $1;

-- name: walk
-- A stretch of all sessions in order of key, each with whether it is dead.
SELECT key, last_seen_at + idle <= $2 OR ends_at <= $2
FROM session
WHERE key > $1
ORDER BY key
LIMIT $3;

-- name: expire
-- Dead still: it may have been used since the walk.
DELETE FROM session
WHERE key = $1 AND (last_seen_at + idle <= $2 OR ends_at <= $2);

-- name: count
-- As far as counting is quick.
SELECT count(*) FROM (SELECT 1 FROM session LIMIT $1);

-- After a restore: what was ended since the copy was made would be alive again.
-- name: forget_all
DELETE FROM session;
