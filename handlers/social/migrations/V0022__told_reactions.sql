-- Whose reaction to which payment was told: who takes it back and reacts again is told of no more.
CREATE TABLE told_reactions (
    peer_payment_id BINARY(16) NOT NULL,
    user_id         BINARY(16) NOT NULL,
    PRIMARY KEY (peer_payment_id, user_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
