-- What ties an account of the graph to whose money it is: the only place that does. Whoever is
-- forgotten has no row here, and nobody can make it again: pseudonyms are random.
CREATE TABLE pseudonyms (
    -- user, business; bank and escrow have the id of the person whose money went there
    kind       VARCHAR(8) NOT NULL,
    subject_id BINARY(16) NOT NULL,
    account_id BINARY(16) NOT NULL,
    PRIMARY KEY (kind, subject_id),
    UNIQUE KEY by_account (account_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
