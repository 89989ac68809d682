-- How often a day (in Hong Kong) an article was called of help, or why not.
CREATE TABLE feedback_counts (
    day        DATE         NOT NULL,
    article_id INT UNSIGNED NOT NULL,
    opinion    VARCHAR(16)  NOT NULL,
    votes      INT UNSIGNED NOT NULL,
    PRIMARY KEY (day, article_id, opinion)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
