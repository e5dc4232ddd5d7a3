-- name: find
SELECT id, email, name, roles, state, created_at
FROM account
WHERE id = $1;

-- name: find_by_email
SELECT id, email, name, roles, state, created_at
FROM account
WHERE email = $1;

-- name: list
SELECT id, email, name, roles, state, created_at
FROM account
WHERE email > $1
ORDER BY email
LIMIT $2;

-- name: find_credentials
SELECT id, email, name, roles, state, created_at, password_hash
FROM account
WHERE id = $1;

-- name: find_credentials_by_email
SELECT id, email, name, roles, state, created_at, password_hash
FROM account
WHERE email = $1;

-- name: insert
-- No row when the address is taken.
INSERT INTO account (id, email, name, roles, password_hash, created_at)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (email) DO NOTHING;

-- name: set_name
UPDATE account SET name = $2 WHERE id = $1;

-- name: set_roles
UPDATE account SET roles = $2 WHERE id = $1;

-- name: set_state
UPDATE account SET state = $2 WHERE id = $1;

-- name: may_enter
-- A row when the account is active and its password is still the one that was verified.
SELECT 1
FROM account
WHERE id = $1 AND password_hash = $2 AND state = 'active';

-- name: replace_password
-- Only the password that was verified is replaced, not one that came after it.
UPDATE account SET password_hash = $3
WHERE id = $1 AND password_hash = $2 AND state = 'active';

-- name: set_password
UPDATE account SET password_hash = $2
WHERE id = $1 AND state = 'active';

-- name: remove
-- Sessions and tokens go with it.
DELETE FROM account WHERE id = $1;
