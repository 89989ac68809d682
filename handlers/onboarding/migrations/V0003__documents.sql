CREATE TABLE documents (
    document_id    BINARY(16)      NOT NULL PRIMARY KEY,
    application_id BINARY(16)      NOT NULL,
    user_id        BINARY(16)      NOT NULL,
    content_type   VARCHAR(32)     NOT NULL COMMENT 'as announced',
    content_length BIGINT UNSIGNED NOT NULL COMMENT 'as announced',
    asked_at       DATETIME(6)     NOT NULL,
    read_at        DATETIME(6)     NULL,
    engine         VARCHAR(100)    NULL,
    differs        BOOLEAN         NOT NULL DEFAULT FALSE COMMENT 'from what was announced',
    failure        VARCHAR(64)     NULL,
    reading        BLOB            NULL COMMENT 'sealed: what stands on it',
    deleted_at     DATETIME(6)     NULL,
    KEY by_application (application_id, document_id),
    KEY by_person (user_id, asked_at)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
