-- Events that no repeat can mend. The key is the event's id, or the digest of a text without one.
CREATE TABLE parked_events (
    consumer  VARCHAR(64) NOT NULL,
    event_key VARCHAR(64) NOT NULL,
    body      MEDIUMTEXT  NOT NULL,
    reason    TEXT        NOT NULL,
    parked_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    PRIMARY KEY (consumer, event_key)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
