-- What members of staff propose to let go of what was stopped: a row changes once, when it is
-- decided, and is never deleted.
CREATE TABLE releases (
    release_id   BINARY(16)      NOT NULL PRIMARY KEY,
    account_id   BINARY(16)      NOT NULL,
    -- wallet or merchant
    account_kind VARCHAR(16)     NOT NULL,
    -- unfreeze, allow-incoming or legal-hold
    released     VARCHAR(16)     NOT NULL,
    -- minor units that are still held by law after it
    remaining    BIGINT          NULL,
    reason       VARCHAR(200)    NOT NULL,
    -- proposed, approved or rejected
    status       VARCHAR(16)     NOT NULL,
    -- the newest of account_freezes when it was proposed, or 0
    newest_line  BIGINT UNSIGNED NOT NULL,
    proposed_by  BINARY(16)      NOT NULL,
    proposer     VARCHAR(100)    NOT NULL,
    proposed_at  DATETIME(6)     NOT NULL,
    decided_by   BINARY(16)      NULL,
    decider      VARCHAR(100)    NULL,
    decided_at   DATETIME(6)     NULL,
    KEY by_account (account_id, status, proposed_at),
    KEY by_status (status, release_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
