-- One conversation a citizen and channel. `state` is the dialogue state (JSON): the guide in focus, choices offered.
CREATE TABLE conversations (
    id TEXT PRIMARY KEY,
    channel TEXT NOT NULL,
    address TEXT NOT NULL,
    mode TEXT NOT NULL,
    state TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    UNIQUE (channel, address)
);

-- What was said, in order. `buttons` are the quick replies shown under the message (JSON).
CREATE TABLE messages (
    conversation_id TEXT NOT NULL REFERENCES conversations (id),
    seq BIGINT NOT NULL,
    sender TEXT NOT NULL,
    staff_name TEXT,
    text TEXT NOT NULL,
    buttons TEXT NOT NULL,
    answer_id TEXT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (conversation_id, seq)
);

-- Everything that reached us, stored before it is acknowledged. `external_id` is the platform's id: a redelivery is dropped.
CREATE TABLE inbox (
    id TEXT PRIMARY KEY,
    channel TEXT NOT NULL,
    external_id TEXT NOT NULL,
    conversation_id TEXT NOT NULL REFERENCES conversations (id),
    seq BIGINT NOT NULL,
    content TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    run_at BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    UNIQUE (channel, external_id)
);
CREATE INDEX inbox_waiting ON inbox (state, run_at);
CREATE INDEX inbox_order ON inbox (conversation_id, seq);

-- Everything that has still to leave us. Written in the transaction of its cause.
CREATE TABLE outbox (
    id TEXT PRIMARY KEY,
    job TEXT NOT NULL,
    conversation_id TEXT,
    payload TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    run_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    done_at BIGINT
);
CREATE INDEX outbox_waiting ON outbox (state, run_at);

-- An answer and the passages shown with it: guides change, staff must see what the citizen saw.
CREATE TABLE answers (
    id TEXT PRIMARY KEY,
    conversation_id TEXT NOT NULL REFERENCES conversations (id),
    question TEXT NOT NULL,
    status TEXT NOT NULL,
    confidence DOUBLE PRECISION,
    timings TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE TABLE answer_passages (
    answer_id TEXT NOT NULL REFERENCES answers (id),
    rank BIGINT NOT NULL,
    guide_id TEXT NOT NULL,
    revision BIGINT NOT NULL,
    codes TEXT NOT NULL,
    title TEXT NOT NULL,
    section TEXT NOT NULL,
    url TEXT,
    checked_on TEXT,
    quote TEXT NOT NULL,
    PRIMARY KEY (answer_id, rank)
);
CREATE TABLE feedback (
    answer_id TEXT PRIMARY KEY REFERENCES answers (id),
    vote TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
