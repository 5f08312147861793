-- PostgreSQL's statistics find the queue empty, however long it has grown since, and then read all of it through
-- inbox_waiting. This index serves conditions to which inbox_waiting does not apply.
DROP INDEX inbox_line;
CREATE INDEX inbox_line ON inbox (conversation_id, seq) WHERE state <> 'done';
