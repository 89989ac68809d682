-- What was done to each application, by whom and why. Lines are added and never changed.
CREATE TABLE trail (
    id             BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    application_id BINARY(16)      NOT NULL,
    done_at        DATETIME(6)     NOT NULL,
    actor          VARCHAR(9)      NOT NULL,
    actor_id       BINARY(16)      NULL,
    actor_name     VARCHAR(100)    NULL,
    deed           VARCHAR(24)     NOT NULL,
    from_status    VARCHAR(16)     NULL,
    to_status      VARCHAR(16)     NOT NULL,
    findings       VARCHAR(500)    NOT NULL,
    note           VARCHAR(200)    NULL,
    document_id    BINARY(16)      NULL,
    list_version   INT UNSIGNED    NULL,
    engine         VARCHAR(100)    NULL COMMENT 'what read the document',
    rules          VARCHAR(16)     NOT NULL COMMENT 'by which rules',
    KEY by_application (application_id, id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
