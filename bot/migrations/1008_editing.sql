-- What an editor is writing, kept as it is typed, also where it is no guide yet. One an editor and guide; `version` grows
-- with each save. `base_revision` is the revision that it began with, 0 for a new guide. `fields` are the form's (JSON).
CREATE TABLE guide_drafts (
    guide_id TEXT NOT NULL,
    staff_id TEXT NOT NULL REFERENCES staff (id),
    base_revision BIGINT NOT NULL,
    title TEXT NOT NULL,
    fields TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (guide_id, staff_id)
);
