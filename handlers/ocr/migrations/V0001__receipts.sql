-- A document that was read, or given up: told once, however often its message comes.
CREATE TABLE receipts (
    document_id BINARY(16)  NOT NULL,
    etag        VARCHAR(64) NOT NULL,
    engine      VARCHAR(64) NOT NULL,
    failure     VARCHAR(32) NULL,
    received_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    PRIMARY KEY (document_id, etag),
    KEY to_prune (received_at)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
