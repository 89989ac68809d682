-- Who has agreed that a payment for which their wallet holds too little brings in the rest by card, up
-- to so much in a day. What was used stays when the agreement ends and begins anew.
CREATE TABLE automatic_top_ups (
    user_id      BINARY(16)  NOT NULL PRIMARY KEY,
    -- minor units; null where they agree no more
    day_max      BIGINT      NULL,
    -- when they confirmed this, or ended it: what was confirmed before that changes nothing
    agreed_at    DATETIME(6) NOT NULL,
    confirmed_by VARCHAR(8)  NULL COMMENT 'how; null where they agree no more',
    -- in the day used_on, in Hong Kong: minor units
    used_on      DATE        NOT NULL DEFAULT '1970-01-01',
    used         BIGINT      NOT NULL DEFAULT 0
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
