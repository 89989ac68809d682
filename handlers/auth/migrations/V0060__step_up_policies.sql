-- Rules of step-up: proposed by one administrator, approved by another. The one with the highest
-- version holds; without any, what the services are compiled with. A row stays: it is the record of
-- the change.
CREATE TABLE step_up_policies (
    policy_id        BINARY(16)   NOT NULL PRIMARY KEY,
    version          INT UNSIGNED NULL UNIQUE COMMENT 'null unless it was approved',
    replaces_version INT UNSIGNED NOT NULL COMMENT 'the one that it was made of',
    rules            MEDIUMTEXT   NOT NULL COMMENT 'JSON',
    reason           VARCHAR(200) NOT NULL,
    proposed_by      BINARY(16)   NOT NULL,
    proposed_at      DATETIME(6)  NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    decided_by       BINARY(16)   NULL,
    decided_at       DATETIME(6)  NULL
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
