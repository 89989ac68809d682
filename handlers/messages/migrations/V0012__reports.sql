-- What somebody has reported to staff: a message, of which there is one report of each who reports it.
CREATE TABLE reports (
    report_id   BINARY(16)   NOT NULL PRIMARY KEY,
    message_id  BINARY(16)   NOT NULL,
    reporter_id BINARY(16)   NOT NULL,
    reported_id BINARY(16)   NOT NULL,
    reason      VARCHAR(16)  NOT NULL,
    words       VARCHAR(600) NULL,
    reported_at DATETIME(6)  NOT NULL,
    closed_at   DATETIME(6)  NULL,
    -- Of a report that is closed: nothing, so that the list of open ones is short.
    open_id     BINARY(16)   NULL,
    UNIQUE KEY of_message (reporter_id, message_id),
    KEY of_reporter (reporter_id, reported_at),
    KEY to_list (open_id),
    KEY to_forget (closed_at)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
