-- name: spend
-- One more mail; changes nothing when the count has reached $5. $3 now, $4 an hour ago. A count that
-- began in the future is a clock that was set back.
INSERT INTO mail_budget (scope, key, mails, began_at)
VALUES ($1, $2, 1, $3)
ON CONFLICT (scope, key) DO UPDATE
SET mails = CASE WHEN mail_budget.began_at > $4 AND mail_budget.began_at <= $3
                 THEN mail_budget.mails + 1 ELSE 1 END,
    began_at = CASE WHEN mail_budget.began_at > $4 AND mail_budget.began_at <= $3
                    THEN mail_budget.began_at ELSE $3 END
WHERE mail_budget.mails < $5 OR mail_budget.began_at <= $4 OR mail_budget.began_at > $3;

-- name: expire
DELETE FROM mail_budget
WHERE (scope, key) IN (SELECT scope, key FROM mail_budget WHERE began_at <= $1 LIMIT $2);
