-- Offers of businesses to who works there, and what came of each: a row stays as it ended.
CREATE TABLE handovers (
    handover_id  BINARY(16)  NOT NULL PRIMARY KEY,
    business_id  BINARY(16)  NOT NULL,
    from_user_id BINARY(16)  NOT NULL COMMENT 'who owned it then',
    to_user_id   BINARY(16)  NOT NULL,
    -- offered, accepted, declined, cancelled, ended
    status       VARCHAR(9)  NOT NULL,
    offered_at   DATETIME(6) NOT NULL,
    acceptable_at  DATETIME(6) NOT NULL,
    expires_at   DATETIME(6) NOT NULL,
    ended_at     DATETIME(6) NULL,
    waiting_for  BINARY(16) GENERATED ALWAYS AS (IF(status = 'offered', business_id, NULL)) VIRTUAL,
    UNIQUE KEY one_waits (waiting_for),
    KEY by_business (business_id, handover_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
