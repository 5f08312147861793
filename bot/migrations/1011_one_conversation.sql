-- Erasing or purging one conversation reads its own rows alone, and not every answer while all other writers wait.
CREATE INDEX answers_conversation ON answers (conversation_id);
CREATE INDEX outbox_conversation ON outbox (conversation_id);
-- As for the inbox in 1010: with statistics from when the queue was empty, PostgreSQL read all of it for each delivery.
DROP INDEX outbox_line;
CREATE INDEX outbox_line ON outbox (conversation_id, seq) WHERE state <> 'done';
