-- A question handed over to staff. `code` is the receipt the citizen holds.
CREATE TABLE tickets (
    id TEXT PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    conversation_id TEXT NOT NULL REFERENCES conversations (id),
    question TEXT NOT NULL,
    state TEXT NOT NULL,
    opened_at BIGINT NOT NULL,
    opened_seq BIGINT NOT NULL,
    taken_by TEXT,
    replied_at BIGINT,
    closed_at BIGINT
);
CREATE INDEX tickets_state ON tickets (state, opened_at);
CREATE INDEX tickets_conversation ON tickets (conversation_id);
