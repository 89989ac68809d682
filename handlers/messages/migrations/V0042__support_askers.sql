-- Whoever opens a case holds their row, so that no two cases pass the limits together.
CREATE TABLE support_askers (
    user_id BINARY(16) NOT NULL PRIMARY KEY
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
