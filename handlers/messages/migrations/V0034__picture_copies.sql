-- Staff's copies of reported pictures, each a blob of its own. `due_at` is when one is looked at: to be
-- made, or to go once nothing is left of what its report kept.
CREATE TABLE picture_copies (
    report_id  BINARY(16)  NOT NULL,
    picture_id BINARY(16)  NOT NULL,
    is_made    BOOLEAN     NOT NULL,
    due_at     DATETIME(6) NOT NULL,
    PRIMARY KEY (report_id, picture_id),
    KEY of_picture (picture_id),
    KEY due (due_at)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
