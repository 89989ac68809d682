-- One row that grows: a replica that shows it at some number has all that was committed before.
-- Microseconds since 1970.
CREATE TABLE replication_heartbeat (
    heartbeat_id TINYINT         NOT NULL PRIMARY KEY,
    beat         BIGINT UNSIGNED NOT NULL
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
