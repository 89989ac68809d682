-- Getting back an account whose phone and number are lost. Whoever asks is answered before anybody
-- has looked whether the number has an account, so neither answer nor time tells.
CREATE TABLE recoveries (
    recovery_id BINARY(16)   NOT NULL PRIMARY KEY,
    old_phone   VARCHAR(16)  NULL COMMENT 'until its account was looked up',
    user_id     BINARY(16)   NULL COMMENT 'null before that, and of a number without an account',
    new_phone   VARCHAR(16)  NOT NULL COMMENT 'proved by whoever asks',
    status      VARCHAR(16)  NOT NULL,
    asked_at    DATETIME(6)  NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    told_at     DATETIME(6)  NULL COMMENT 'when the owner was told: the wait begins',
    case_number VARCHAR(200) NULL,
    proposed_by BINARY(16)   NULL,
    proposer    VARCHAR(100) NULL,
    proposed_at DATETIME(6)  NULL,
    decided_by  BINARY(16)   NULL,
    decider     VARCHAR(100) NULL,
    decided_at  DATETIME(6)  NULL,
    KEY of_user (user_id),
    KEY to_tell (told_at, asked_at),
    KEY to_forget (asked_at)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
