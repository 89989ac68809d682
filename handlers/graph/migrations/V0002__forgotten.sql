-- Who must never have a pseudonym again, as keyed digests: an event of theirs that comes once more
-- would otherwise begin a new account.
CREATE TABLE forgotten (
    digest       BINARY(32)  NOT NULL PRIMARY KEY,
    forgotten_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
