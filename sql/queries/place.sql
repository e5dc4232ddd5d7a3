-- name: find
-- $3: seen since then.
SELECT 1
FROM place
JOIN account ON account.id = place.account_id
WHERE account.email = $1 AND place.network = $2 AND place.seen_at > $3;

-- name: list
SELECT network FROM place WHERE account_id = $1 AND seen_at > $2;

-- name: put
INSERT INTO place (account_id, network, seen_at) VALUES ($1, $2, $3)
ON CONFLICT (account_id, network) DO UPDATE SET seen_at = $3;

-- name: expire
DELETE FROM place
WHERE (account_id, network) IN (
    SELECT account_id, network FROM place WHERE seen_at <= $1 LIMIT $2);
