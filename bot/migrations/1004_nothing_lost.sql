-- Claims live in the database, so that several processes share one: a row is in hand until `claimed_until`. The counter
-- numbers messages without looking at the others; its row is locked until the transaction ends.
ALTER TABLE conversations ADD COLUMN last_seq BIGINT NOT NULL DEFAULT 0;
UPDATE conversations SET last_seq = COALESCE((SELECT MAX(seq) FROM messages WHERE messages.conversation_id = conversations.id), 0);
-- 1 after the citizen has been told what is kept. Those who wrote before this migration are told at their next message.
ALTER TABLE conversations ADD COLUMN notice_given BIGINT NOT NULL DEFAULT 0;
-- Set when the platform says that the citizen wants no messages (blocked); the next message from them clears it.
ALTER TABLE conversations ADD COLUMN unreachable_at BIGINT;

ALTER TABLE inbox ADD COLUMN claimed_by TEXT;
ALTER TABLE inbox ADD COLUMN claimed_until BIGINT NOT NULL DEFAULT 0;
-- Why the last attempt failed, for staff; never the citizen's words.
ALTER TABLE inbox ADD COLUMN last_error TEXT;

ALTER TABLE outbox ADD COLUMN claimed_by TEXT;
ALTER TABLE outbox ADD COLUMN claimed_until BIGINT NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN last_error TEXT;
-- Who takes it: pages, telegram, files.
ALTER TABLE outbox ADD COLUMN lane TEXT NOT NULL DEFAULT 'pages';
-- The message that it delivers: deliveries of one conversation leave in this order.
ALTER TABLE outbox ADD COLUMN seq BIGINT;
-- A long message leaves in parts: how many of them the platform has accepted.
ALTER TABLE outbox ADD COLUMN parts_done BIGINT NOT NULL DEFAULT 0;

-- What waits is little beside what is done.
DROP INDEX inbox_waiting;
DROP INDEX outbox_waiting;
CREATE INDEX inbox_waiting ON inbox (run_at) WHERE state = 'waiting';
CREATE INDEX inbox_line ON inbox (conversation_id, seq) WHERE state = 'waiting';
CREATE INDEX outbox_waiting ON outbox (lane, run_at) WHERE state = 'waiting';
CREATE INDEX outbox_line ON outbox (conversation_id, seq) WHERE state = 'waiting';

-- What must run once holds a lease here.
CREATE TABLE leases (
    name TEXT PRIMARY KEY,
    holder TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);

-- The processes that serve this database. An embedded index allows one.
CREATE TABLE instances (
    id TEXT PRIMARY KEY,
    embedded_index BIGINT NOT NULL,
    started_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL
);

-- Updates as Telegram sent them. `state`: taken, ignored, unreadable.
CREATE TABLE telegram_updates (
    update_id BIGINT PRIMARY KEY,
    chat_id TEXT,
    raw TEXT NOT NULL,
    state TEXT NOT NULL,
    received_at BIGINT NOT NULL
);
CREATE INDEX telegram_updates_chat ON telegram_updates (chat_id);
CREATE INDEX telegram_updates_received ON telegram_updates (received_at);

-- Up to where a poller has stored what a platform sends.
CREATE TABLE cursors (
    name TEXT PRIMARY KEY,
    value BIGINT NOT NULL,
    moved_at BIGINT NOT NULL
);

-- Pictures, voice messages and files that citizens send, kept for staff. `file` lies in the data folder once it is fetched.
CREATE TABLE attachments (
    id TEXT PRIMARY KEY,
    conversation_id TEXT NOT NULL REFERENCES conversations (id),
    seq BIGINT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT,
    media_type TEXT,
    bytes BIGINT,
    platform_file_id TEXT NOT NULL,
    file TEXT,
    created_at BIGINT NOT NULL
);
CREATE INDEX attachments_conversation ON attachments (conversation_id, seq);
