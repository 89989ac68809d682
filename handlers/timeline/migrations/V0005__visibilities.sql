-- Payments that friends may see, or could until somebody hid them. Whichever event comes first, the
-- row is locked before the entries change.
CREATE TABLE visibilities (
    operation_id BINARY(16) NOT NULL PRIMARY KEY,
    is_hidden    BOOLEAN    NOT NULL
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
