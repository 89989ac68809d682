-- Who has voted today: a digest of the address under the day's salt, which nobody can make again
-- once the salt is gone.
CREATE TABLE feedback_voters (
    day        DATE         NOT NULL,
    voter      BINARY(16)   NOT NULL,
    article_id INT UNSIGNED NOT NULL,
    PRIMARY KEY (day, voter, article_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
