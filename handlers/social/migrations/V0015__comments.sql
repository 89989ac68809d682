CREATE TABLE comments (
    comment_id      BINARY(16)    NOT NULL PRIMARY KEY,
    peer_payment_id BINARY(16)    NOT NULL,
    author_id       BINARY(16)    NOT NULL,
    words           VARCHAR(1120) NOT NULL COMMENT 'personal data',
    commented_at    DATETIME(6)   NOT NULL,
    KEY list (peer_payment_id, comment_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
