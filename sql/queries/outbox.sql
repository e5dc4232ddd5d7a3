-- The queue of outgoing mail; fcgi_app/mail/outbox.h has the rules by number.

-- name: enqueue
INSERT INTO outbox (kind, recipient, subject_id, message_id, next_attempt_at, created_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $5, $6)
RETURNING id;

-- Rule 3, the newest mail that was never tried. $1 now, $2 end of the lease, $3 the lease.
-- The plus signs keep SQLite on the index outbox_fresh, which needs no sorting.
-- name: take_freshest
UPDATE outbox
SET attempts = attempts + 1, unanswered = unanswered + 1, next_attempt_at = $2, lease = $3
WHERE id = (SELECT id FROM outbox
            WHERE state = 'due' AND attempts = 0 AND +next_attempt_at <= $1 AND +expires_at > $1
            ORDER BY id DESC LIMIT 1)
RETURNING id, kind, recipient, subject_id, message_id, created_at, expires_at, attempts, unanswered;

-- Rule 3, the mail that has been due for the longest time, fresh or not.
-- name: take_longest_due
UPDATE outbox
SET attempts = attempts + 1, unanswered = unanswered + 1, next_attempt_at = $2, lease = $3
WHERE id = (SELECT id FROM outbox
            WHERE state = 'due' AND next_attempt_at <= $1 AND +expires_at > $1
            ORDER BY next_attempt_at LIMIT 1)
RETURNING id, kind, recipient, subject_id, message_id, created_at, expires_at, attempts, unanswered;

-- name: holds_lease
SELECT 1 FROM outbox WHERE id = $1 AND lease = $2 AND state = 'due';

-- Rule 4: nothing is written by a sender that has lost its lease.
-- name: finish
UPDATE outbox
SET state = $3, finished_at = $4, last_reply = $5, lease = 0, unanswered = 0
WHERE id = $1 AND lease = $2 AND state = 'due';

-- name: put_back
UPDATE outbox
SET next_attempt_at = $3, last_reply = $4, lease = 0, unanswered = 0
WHERE id = $1 AND lease = $2 AND state = 'due';

-- A row that this version cannot read: nobody holds it, and it must not be taken again and again.
-- name: shelve_unreadable
UPDATE outbox
SET state = 'shelved', finished_at = $2, last_reply = $3, lease = 0
WHERE id = $1;

-- name: next_due_at
SELECT min(next_attempt_at) FROM outbox WHERE state = 'due';

-- name: any_dead
SELECT 1 FROM outbox
WHERE state = 'due' AND expires_at <= $1 AND (lease = 0 OR next_attempt_at <= $1) LIMIT 1;

-- Rule 7. A mail that is just being sent is left to its sender.
-- name: expire
UPDATE outbox
SET state = 'expired', finished_at = $1, lease = 0
WHERE id IN (SELECT id FROM outbox
             WHERE state = 'due' AND expires_at <= $1 AND (lease = 0 OR next_attempt_at <= $1)
             LIMIT $2);

-- name: last_due_at
SELECT max(next_attempt_at) FROM outbox WHERE state = 'due';

-- Rule 9: the clock was set back.
-- name: pull_in
UPDATE outbox SET next_attempt_at = $1 WHERE state = 'due' AND next_attempt_at > $2;

-- name: latest_for_subject
SELECT state, attempts, lease, next_attempt_at, created_at, finished_at
FROM outbox WHERE subject_id = $1 ORDER BY id DESC LIMIT 1;

-- name: purge
DELETE FROM outbox
WHERE id IN (SELECT id FROM outbox WHERE finished_at IS NOT NULL AND finished_at < $1 LIMIT $2);

-- The operator's view. Never a link, never a body: a row has none.
-- name: show_all
SELECT id, kind, recipient, message_id, state, attempts, lease, next_attempt_at, created_at,
       expires_at, finished_at, last_reply
FROM outbox ORDER BY id DESC LIMIT $1;

-- name: show_state
SELECT id, kind, recipient, message_id, state, attempts, lease, next_attempt_at, created_at,
       expires_at, finished_at, last_reply
FROM outbox WHERE state = $1 ORDER BY id DESC LIMIT $2;

-- name: show_one
SELECT id, kind, recipient, message_id, state, attempts, lease, next_attempt_at, created_at,
       expires_at, finished_at, last_reply
FROM outbox WHERE id = $1;

-- A mail that is being sent is not touched; one whose link is dead would help nobody.
-- name: retry
UPDATE outbox
SET state = 'due', attempts = 0, unanswered = 0, lease = 0, next_attempt_at = $2, finished_at = NULL
WHERE id = $1 AND expires_at > $2
  AND (state IN ('shelved', 'expired')
       OR (state = 'due' AND (lease = 0 OR next_attempt_at <= $2)));

-- name: drop_one
UPDATE outbox
SET state = 'discarded', finished_at = $2, lease = 0, last_reply = 'dropped by the operator'
WHERE id = $1 AND state IN ('due', 'shelved', 'expired');

-- name: count_by_state
SELECT state, count(*) FROM outbox GROUP BY state;

-- name: due_summary
SELECT min(created_at), max(attempts) FROM outbox WHERE state = 'due';

-- How many, as far as counting is quick.
-- name: count_due
SELECT count(*) FROM (SELECT 1 FROM outbox WHERE state = 'due' LIMIT $1);

-- name: count_shelved
SELECT count(*) FROM (SELECT 1 FROM outbox WHERE state = 'shelved' LIMIT $1);

-- name: held
SELECT id, kind, recipient, subject_id, created_at, expires_at
FROM outbox
WHERE state = 'accepted' AND last_reply = 'held' AND kind != 'decoy'
ORDER BY id DESC LIMIT $1;

-- After a restore: what is due in the copy was sent since.
-- name: forget_due
DELETE FROM outbox WHERE state = 'due';
