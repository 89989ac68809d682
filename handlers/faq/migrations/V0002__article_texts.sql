-- What each version of an article says, and since when; earlier versions stay.
CREATE TABLE article_texts (
    article_id   INT UNSIGNED NOT NULL,
    version      INT UNSIGNED NOT NULL,
    language     VARCHAR(7)   NOT NULL,
    title        VARCHAR(100) NOT NULL,
    body         TEXT         NOT NULL,
    published_at DATETIME(6)  NOT NULL,
    PRIMARY KEY (article_id, version, language)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
