-- Pictures that were announced, and what is left of each until `due_at` is null or the row is gone.
CREATE TABLE pictures (
    picture_id     BINARY(16)   NOT NULL PRIMARY KEY,
    owner_id       BINARY(16)   NOT NULL,
    content_type   VARCHAR(16)  NOT NULL,
    content_length INT UNSIGNED NOT NULL,
    asked_at       DATETIME(6)  NOT NULL,
    stage          VARCHAR(16)  NOT NULL
        COMMENT 'announced, shown, retired, or the code of why it is refused',
    due_at         DATETIME(6)  NULL COMMENT 'when what may be left of it is deleted',
    KEY of_owner (owner_id, asked_at),
    KEY due (due_at)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
