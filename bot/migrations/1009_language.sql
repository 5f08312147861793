-- In which language a citizen reads Sen, and in which a message of Sen's was written; a person's words have none.
ALTER TABLE conversations ADD COLUMN language TEXT NOT NULL DEFAULT 'vi';
ALTER TABLE messages ADD COLUMN language TEXT;
UPDATE messages SET language = 'vi' WHERE sender = 'sen';
