-- Leave to make a member's passkey: proposed by one administrator, approved by another. Each gets
-- half of the secret, so neither of them can use it.
CREATE TABLE staff_enrolments (
    enrolment_id    BINARY(16)  NOT NULL PRIMARY KEY,
    staff_id        BINARY(16)  NOT NULL COMMENT 'whose passkey it will be',
    proposed_by     BINARY(16)  NULL COMMENT 'null of the first administrators',
    proposed_at     DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    proposal_digest BINARY(32)  NOT NULL UNIQUE COMMENT 'SHA-256 of a secret',
    decided_by      BINARY(16)  NULL,
    decided_at      DATETIME(6) NULL,
    approval_digest BINARY(32)  NULL COMMENT 'the same; null unless it was approved',
    used_at         DATETIME(6) NULL
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
