-- name: insert
INSERT INTO claim
    (id, email, name, browser_hash, is_decoy, created_at, mailed_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $6, $7);

-- name: find
-- What a link proves: never a decoy.
SELECT email, name
FROM claim
WHERE id = $1 AND is_decoy = 0 AND used_at IS NULL AND expires_at > $2;

-- name: find_by_browser
-- What its browser knows of it: a decoy looks like any other.
SELECT id, email, name, created_at, mailed_at, expires_at
FROM claim
WHERE browser_hash = $1 AND used_at IS NULL AND expires_at > $2;

-- name: take_try
-- $3: how many wrong codes a claim bears.
UPDATE claim SET wrong_codes = wrong_codes + 1
WHERE id = $1 AND used_at IS NULL AND expires_at > $2 AND wrong_codes < $3;

-- name: use
UPDATE claim SET used_at = $2
WHERE id = $1 AND is_decoy = 0 AND used_at IS NULL AND expires_at > $2
RETURNING email, name;

-- name: note_mailed
-- One that was mailed in the future is a clock that was set back, and must not wait for it.
UPDATE claim SET mailed_at = $2
WHERE id = $1 AND used_at IS NULL AND expires_at > $2 AND (mailed_at <= $3 OR mailed_at > $2)
RETURNING is_decoy;

-- name: make_decoys
-- The address has an account now.
UPDATE claim SET is_decoy = 1
WHERE email = $1 AND is_decoy = 0 AND used_at IS NULL;

-- name: forget
DELETE FROM claim WHERE email = $1;

-- name: expire
DELETE FROM claim
WHERE id IN (SELECT id FROM claim WHERE expires_at <= $1 LIMIT $2);

-- After a restore: what was ended since the copy was made would be alive again.
-- name: forget_all
DELETE FROM claim;
