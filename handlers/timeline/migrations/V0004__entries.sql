-- Each movement of money stands once for each person whose wallet it moved. `place` orders a
-- person's entries: the moment, then bits of the operation's id. Amounts are cents of HKD.
CREATE TABLE entries (
    person_id    BINARY(16)   NOT NULL,
    place        BINARY(16)   NOT NULL,
    kind         VARCHAR(16)  NOT NULL,
    operation_id BINARY(16)   NOT NULL,
    is_outgoing  BOOLEAN      NOT NULL,
    other_type   VARCHAR(16)  NULL,
    other_id     BINARY(16)   NULL,
    other_name   VARCHAR(255) NOT NULL,
    amount       BIGINT       NOT NULL,
    note         VARCHAR(255) NULL,
    sticker      VARCHAR(32)  NULL,
    is_shown     BOOLEAN      NOT NULL,
    PRIMARY KEY (person_id, place),
    KEY shown (person_id, is_shown, place),
    KEY of_operation (operation_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
