-- name: newest
SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1;

-- name: insert
INSERT INTO audit (id, happened_at, event, outcome, actor, account_id, client, hash)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: list
-- In order, a stretch at a time.
SELECT id, happened_at, event, outcome, actor, account_id, client, hash
FROM audit
WHERE id > $1
ORDER BY id
LIMIT $2;

-- name: list_of_account
SELECT id, happened_at, event, outcome, actor, account_id, client, hash
FROM audit
WHERE account_id = $1
ORDER BY id DESC
LIMIT $2;

-- name: expire
-- From the oldest on and none after one that stays (it may be of a clock that was ahead), so that what is
-- left is one chain; never the newest, which the next one follows.
DELETE FROM audit
WHERE id IN (SELECT id FROM audit WHERE id < (SELECT max(id) FROM audit) ORDER BY id LIMIT $2)
  AND NOT EXISTS (SELECT 1 FROM audit AS kept WHERE kept.id <= audit.id AND kept.happened_at > $1);
