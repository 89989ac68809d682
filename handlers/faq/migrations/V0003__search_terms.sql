-- In which articles a term stands, and how much that says of them: the articles of which it says
-- most, so that no term has many rows. Bytes, since no collation should know better.
CREATE TABLE search_terms (
    term       VARBINARY(128) NOT NULL,
    article_id INT UNSIGNED   NOT NULL,
    impact     FLOAT          NOT NULL,
    PRIMARY KEY (term, article_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
