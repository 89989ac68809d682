-- An article lives as long as its slug. Its version counts the changes; one that is withdrawn keeps
-- its row, so that it goes on counting if it comes back.
CREATE TABLE articles (
    article_id INT UNSIGNED      NOT NULL AUTO_INCREMENT PRIMARY KEY,
    slug       VARCHAR(60)       NOT NULL,
    category   VARCHAR(32)       NOT NULL,
    weight     SMALLINT UNSIGNED NOT NULL,
    related    VARCHAR(500)      NOT NULL,
    version    INT UNSIGNED      NOT NULL,
    digest     BINARY(32)        NOT NULL,
    updated_at DATETIME(6)       NOT NULL,
    withdrawn  BOOLEAN           NOT NULL DEFAULT FALSE,
    UNIQUE KEY by_slug (slug)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
