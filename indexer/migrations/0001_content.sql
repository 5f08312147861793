-- The content store: what is published, every revision of it, and which chunks lie in which index.

CREATE TABLE guides (
    id TEXT PRIMARY KEY,
    source TEXT NOT NULL,
    title TEXT NOT NULL,
    field TEXT NOT NULL,
    level TEXT NOT NULL,
    published_revision BIGINT NOT NULL,
    digest TEXT NOT NULL,
    folded TEXT NOT NULL,
    updated_at BIGINT NOT NULL,
    withdrawn_at BIGINT
);

CREATE TABLE guide_revisions (
    guide_id TEXT NOT NULL REFERENCES guides (id),
    revision BIGINT NOT NULL,
    text TEXT NOT NULL,
    digest TEXT NOT NULL,
    source TEXT NOT NULL,
    author TEXT NOT NULL,
    reason TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (guide_id, revision)
);

CREATE TABLE indexes (
    name TEXT PRIMARY KEY,
    model_id TEXT NOT NULL,
    dimensions BIGINT NOT NULL,
    chunker_version BIGINT NOT NULL,
    state TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE index_chunks (
    index_name TEXT NOT NULL REFERENCES indexes (name) ON DELETE CASCADE,
    chunk_id TEXT NOT NULL,
    guide_id TEXT NOT NULL,
    PRIMARY KEY (index_name, chunk_id)
);
