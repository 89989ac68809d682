-- Whom people have looked up in the Faster Payment System to pay them. A payment by it is confirmed
-- with its id, and a repeat names it again, so it is kept as long as keys are.
CREATE TABLE fps_payees (
    fps_payee_id BINARY(16)     NOT NULL PRIMARY KEY,
    user_id      BINARY(16)     NOT NULL,
    proxy_type   VARCHAR(16)    NOT NULL,
    proxy        VARBINARY(128) NOT NULL,
    name         VARCHAR(255)   NOT NULL,
    quoted       VARCHAR(25)    NULL,
    created_at   DATETIME(6)    NOT NULL,
    KEY to_forget (created_at)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
