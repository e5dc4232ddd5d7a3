-- How many mails are shelved is asked by each scrape of the metrics, and must not walk all mails.
CREATE INDEX outbox_shelved ON outbox (id) WHERE state = 'shelved';
