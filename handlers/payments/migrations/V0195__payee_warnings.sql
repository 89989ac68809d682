-- Whom people are warned of before they pay. A row changes once, when the warning ends, and is never
-- deleted: who said it, and why, stays.
CREATE TABLE payee_warnings (
    payee_warning_id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    -- the id of a wallet's owner, or the digest of a proxy of FPS
    payee_id         BINARY(16)      NOT NULL,
    -- scameter-listed or reported-scam
    warned_for       VARCHAR(24)     NOT NULL,
    reason           VARCHAR(200)    NOT NULL,
    operator         VARCHAR(100)    NOT NULL,
    began_at         DATETIME(6)     NOT NULL,
    -- null once it has ended: so there is one at most that counts
    is_active        BOOLEAN         NULL,
    end_reason       VARCHAR(200)    NULL,
    ended_by         VARCHAR(100)    NULL,
    ended_at         DATETIME(6)     NULL,
    UNIQUE KEY active (payee_id, is_active)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
