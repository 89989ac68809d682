-- Who of staff has read or closed which report. Lines are added and never changed.
CREATE TABLE report_trail (
    line       BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    report_id  BINARY(16)      NOT NULL,
    staff_id   BINARY(16)      NOT NULL,
    staff_name VARCHAR(255)    NOT NULL,
    deed       VARCHAR(8)      NOT NULL,
    note       VARCHAR(400)    NULL,
    done_at    DATETIME(6)     NOT NULL,
    KEY of_report (report_id, line)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
