-- Who of staff has done what with which case. Lines are added and never changed.
CREATE TABLE support_trail (
    line       BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    case_id    BINARY(16)      NOT NULL,
    staff_id   BINARY(16)      NOT NULL,
    staff_name VARCHAR(400)    NOT NULL,
    deed       VARCHAR(16)     NOT NULL,
    done_at    DATETIME(6)     NOT NULL,
    KEY of_case (case_id, line)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
