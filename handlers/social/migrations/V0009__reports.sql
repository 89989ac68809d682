-- What people report of each other, for members of staff.
CREATE TABLE reports (
    report_id   BINARY(16)    NOT NULL PRIMARY KEY,
    reporter_id BINARY(16)    NOT NULL,
    reported_id BINARY(16)    NOT NULL,
    reason      VARCHAR(16)   NOT NULL,
    words       VARCHAR(2000) NOT NULL COMMENT 'personal data',
    is_open     BOOLEAN       NOT NULL,
    reported_at DATETIME(6)   NOT NULL,
    KEY queue (is_open, report_id),
    KEY of_reporter (reporter_id, reported_at),
    KEY of_pair (reporter_id, reported_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
