-- When others were last told what somebody shows or says of which payment: a reaction is not told
-- again that was taken back, nor each comment of many.
CREATE TABLE told_remarks (
    peer_payment_id BINARY(16)  NOT NULL,
    user_id         BINARY(16)  NOT NULL,
    remark          VARCHAR(16) NOT NULL,
    told_at         DATETIME(6) NOT NULL,
    PRIMARY KEY (peer_payment_id, user_id, remark),
    KEY to_prune (told_at)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
