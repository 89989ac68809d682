-- Each signature of a program's request is taken once. Rows leave after some minutes, when the
-- moment that the request names is refused anyway.
CREATE TABLE spent_signatures (
    client_id        BINARY(16)  NOT NULL,
    signature_digest BINARY(32)  NOT NULL COMMENT 'SHA-256 of the MAC',
    spent_at         DATETIME(6) NOT NULL,
    PRIMARY KEY (client_id, signature_digest),
    KEY to_forget (spent_at)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
