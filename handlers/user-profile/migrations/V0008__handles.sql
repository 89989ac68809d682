-- Whose each handle is, or last was: under what it looks like, since a payer may mistake it.
CREATE TABLE handles (
    skeleton    VARCHAR(60) NOT NULL PRIMARY KEY,
    user_id     BINARY(16)  NOT NULL,
    given_up_at DATETIME(6) NULL
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
