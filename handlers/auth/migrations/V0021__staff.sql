-- Who works here. A row stays: what its person did names it.
CREATE TABLE staff (
    staff_id      BINARY(16)      NOT NULL PRIMARY KEY,
    name          VARCHAR(100)    NOT NULL,
    roles         VARCHAR(64)     NOT NULL COMMENT 'codes, separated by commas',
    credential_id VARBINARY(1023) NULL UNIQUE,
    passkey       MEDIUMTEXT      NULL COMMENT 'null until the person has enrolled',
    removed_at    DATETIME(6)     NULL
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
