-- Which member of staff has read a report or closed it, and why. No statement changes a line.
CREATE TABLE report_trail (
    id         BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    report_id  BINARY(16)      NOT NULL,
    staff_id   BINARY(16)      NOT NULL,
    staff_name VARCHAR(400)    NOT NULL,
    deed       VARCHAR(8)      NOT NULL,
    note       VARCHAR(800)    NULL,
    done_at    DATETIME(6)     NOT NULL,
    KEY of_report (report_id, id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
