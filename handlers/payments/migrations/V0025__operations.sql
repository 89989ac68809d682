-- Everything that moves money, in one shape. An operation has the id of its first transfer, whose
-- indexes list it; only a pending one changes. Months by id, as in `transfers`; `add_months` makes
-- more of them.
CREATE TABLE operations (
    operation_id    BINARY(16)  NOT NULL PRIMARY KEY,
    -- top-up, payment
    kind            VARCHAR(16) NOT NULL,
    -- pending, completed, failed, expired
    state           VARCHAR(16) NOT NULL,
    -- the payment request that it pays
    parent_id       BINARY(16)  NULL,
    from_account_id BINARY(16)  NOT NULL,
    -- names as the other side saw them then
    from_name       VARCHAR(50) NOT NULL,
    to_account_id   BINARY(16)  NOT NULL,
    to_name         VARCHAR(50) NOT NULL,
    amount          BIGINT      NOT NULL,
    -- what has moved of it
    moved           BIGINT      NULL,
    currency        CHAR(3)     NOT NULL,
    reference       VARCHAR(25) NULL,
    -- device or pin; null if nobody had to
    confirmed_by    VARCHAR(8)  NULL,
    created_at      DATETIME(6) NOT NULL,
    ended_at        DATETIME(6) NULL,
    -- when a pending one expires; null for all others, so that their entries are appended
    expires_at      DATETIME(6) NULL,
    KEY to_expire (expires_at)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
PARTITION BY RANGE COLUMNS (operation_id) (
    PARTITION p202612 VALUES LESS THAN (0x01A2CE8BD40000000000000000000000),
    PARTITION p202701 VALUES LESS THAN (0x01A36E30F80000000000000000000000),
    PARTITION p202702 VALUES LESS THAN (0x01A3FE63080000000000000000000000),
    PARTITION pmax VALUES LESS THAN (MAXVALUE)
);
