-- On whose word an operation was settled or refused, and why: rows are inserted, never updated or
-- deleted.
CREATE TABLE operation_words (
    operation_word_id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    operation_id      BINARY(16)      NOT NULL,
    operator          VARCHAR(100)    NOT NULL,
    reason            VARCHAR(200)    NOT NULL,
    said_at           DATETIME(6)     NOT NULL,
    KEY by_operation (operation_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
