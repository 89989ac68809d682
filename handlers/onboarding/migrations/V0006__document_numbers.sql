-- Who was approved by a document of this number, as a keyed digest: nobody else is.
CREATE TABLE document_numbers (
    number_index BINARY(32)  NOT NULL PRIMARY KEY,
    user_id      BINARY(16)  NOT NULL,
    taken_at     DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
