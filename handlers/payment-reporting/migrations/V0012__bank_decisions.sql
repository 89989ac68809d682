-- What people have decided about differences from the bank, also what was taken back: rows are only added.
CREATE TABLE bank_decisions (
    bank_difference_id BINARY(16)   NOT NULL,
    -- that the difference has by it
    version            INT UNSIGNED NOT NULL,
    -- that the difference has by it: explained, closed, and open if an explanation explained nothing
    status             VARCHAR(16)  NOT NULL,
    -- null if it was taken back
    explanation        VARCHAR(200) NULL,
    decided_by         BINARY(16)   NOT NULL,
    decider            VARCHAR(100) NOT NULL,
    decided_at         DATETIME(6)  NOT NULL,
    PRIMARY KEY (bank_difference_id, version)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
