-- Since when the account is closed: its sessions have ended and nobody signs in with it.
ALTER TABLE staff ADD COLUMN disabled_at BIGINT;

-- One-time links for colleagues. Without `staff_id` the link makes an account of this role; with it, it sets that person's
-- password anew. `name` is whom it is for. As everywhere, only the SHA-256 of the token is kept.
CREATE TABLE invitations (
    id TEXT PRIMARY KEY,
    token_hash TEXT NOT NULL UNIQUE,
    staff_id TEXT REFERENCES staff (id),
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    invited_by TEXT NOT NULL REFERENCES staff (id),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);

-- Who changed what. Names are kept as they were at that time, hence no references; `staff_id` is missing where nobody was
-- signed in. `change` holds what was and what is (JSON), never a citizen's words.
CREATE TABLE audit_log (
    id TEXT PRIMARY KEY,
    at BIGINT NOT NULL,
    staff_id TEXT,
    staff_name TEXT NOT NULL,
    action TEXT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    subject_name TEXT NOT NULL,
    change TEXT NOT NULL
);
CREATE INDEX audit_log_at ON audit_log (at, id);
