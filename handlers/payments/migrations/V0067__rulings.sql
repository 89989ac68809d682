-- How members of staff propose to decide disputes: a row changes once, when it is decided, and is
-- never deleted. A dispute names its newest.
CREATE TABLE rulings (
    ruling_id   BINARY(16)   NOT NULL PRIMARY KEY,
    dispute_id  BINARY(16)   NOT NULL,
    upheld      BOOLEAN      NOT NULL,
    -- for both sides
    reason      VARCHAR(200) NOT NULL,
    -- proposed, approved or rejected
    status      VARCHAR(16)  NOT NULL,
    proposed_by BINARY(16)   NOT NULL,
    proposer    VARCHAR(100) NOT NULL,
    proposed_at DATETIME(6)  NOT NULL,
    decided_by  BINARY(16)   NULL,
    decider     VARCHAR(100) NULL,
    decided_at  DATETIME(6)  NULL,
    KEY by_dispute (dispute_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
