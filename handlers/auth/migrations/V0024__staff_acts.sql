-- What staff did, in the transaction that did it. Nothing changes or deletes a row.
CREATE TABLE staff_acts (
    act_id         BINARY(16)   NOT NULL PRIMARY KEY,
    staff_id       BINARY(16)   NULL COMMENT 'who did it; null of an operator with the function key',
    name           VARCHAR(100) NOT NULL COMMENT 'of who did it, as it was signed in',
    kind           VARCHAR(32)  NOT NULL,
    about_staff_id BINARY(16)   NULL COMMENT 'whom it concerns',
    occurred_at    DATETIME(6)  NOT NULL DEFAULT CURRENT_TIMESTAMP(6)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
