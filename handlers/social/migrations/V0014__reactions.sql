CREATE TABLE reactions (
    peer_payment_id BINARY(16)  NOT NULL,
    user_id         BINARY(16)  NOT NULL,
    reaction        VARCHAR(16) NOT NULL,
    place           BINARY(16)  NOT NULL COMMENT 'in the list: a UUIDv7 of reacted_at',
    reacted_at      DATETIME(6) NOT NULL,
    PRIMARY KEY (peer_payment_id, user_id),
    KEY list (peer_payment_id, place)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
