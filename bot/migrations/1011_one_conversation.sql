-- Erasing or purging one conversation reads its own rows alone, and not every answer while all other writers wait.
CREATE INDEX answers_conversation ON answers (conversation_id);
CREATE INDEX outbox_conversation ON outbox (conversation_id);
