-- name: find
SELECT empty_ms FROM throttle WHERE key = $1;

-- name: put
INSERT INTO throttle (key, empty_ms) VALUES ($1, $2)
ON CONFLICT (key) DO UPDATE SET empty_ms = $2;

-- name: forget
DELETE FROM throttle WHERE key = $1;

-- name: expire
-- Also those of a clock that was ahead ($2).
DELETE FROM throttle
WHERE key IN (SELECT key FROM throttle WHERE empty_ms <= $1 OR empty_ms > $2 LIMIT $3);
