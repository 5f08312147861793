-- When and up to which message the citizen had everything erased. What staff still handle goes after it is closed.
ALTER TABLE conversations ADD COLUMN erased_at BIGINT;
ALTER TABLE conversations ADD COLUMN erased_seq BIGINT NOT NULL DEFAULT 0;

-- The console counts what was set aside on every page.
CREATE INDEX inbox_dead ON inbox (received_at) WHERE state = 'dead';
CREATE INDEX outbox_dead ON outbox (created_at) WHERE state = 'dead';
