-- How far a citizen has come in a lesson. `screen` counts from 1, the quiz is the last one; `answer` is the option chosen
-- last, from 1.
CREATE TABLE lesson_progress (
    conversation_id TEXT NOT NULL REFERENCES conversations (id),
    course_id TEXT NOT NULL,
    lesson BIGINT NOT NULL,
    screen BIGINT NOT NULL,
    answer BIGINT,
    started_at BIGINT NOT NULL,
    moved_at BIGINT NOT NULL,
    finished_at BIGINT,
    PRIMARY KEY (conversation_id, course_id, lesson)
);
