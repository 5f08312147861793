-- What the console's list filters by. '' until a program that knows these columns publishes the guide or meets it again.
ALTER TABLE guides ADD COLUMN review_by TEXT NOT NULL DEFAULT '';
-- The first day on which the checker has something to say about the text; 0001-01-01 where it always has.
ALTER TABLE guides ADD COLUMN warned_from TEXT NOT NULL DEFAULT '';

-- One guide is brought into the index by itself.
CREATE INDEX index_chunks_guide ON index_chunks (index_name, guide_id);
