-- name: insert
-- No account: a decoy.
INSERT INTO token (id, purpose, account_id, created_at, expires_at)
VALUES ($1, $2, $3, $4, $5);

-- name: find
SELECT account.id, account.email, account.name, account.roles, account.state, account.created_at
FROM token
JOIN account ON account.id = token.account_id
WHERE token.id = $1 AND token.purpose = $2 AND token.used_at IS NULL AND token.expires_at > $3
  AND account.state = 'active';

-- name: use
UPDATE token SET used_at = $3
WHERE id = $1 AND purpose = $2 AND used_at IS NULL AND expires_at > $3 AND account_id IS NOT NULL
RETURNING account_id;

-- name: forget
-- A newer one takes their place: an account has one row, however often it is asked for.
DELETE FROM token WHERE account_id = $1 AND purpose = $2;

-- name: kill
UPDATE token SET used_at = $2
WHERE account_id = $1 AND used_at IS NULL;

-- name: expire
DELETE FROM token
WHERE id IN (SELECT id FROM token WHERE expires_at <= $1 LIMIT $2);

-- After a restore: what was ended since the copy was made would be alive again.
-- name: forget_all
DELETE FROM token;
