-- As in social.
ALTER TABLE report_trail
    MODIFY COLUMN staff_name VARCHAR(400) NOT NULL,
    MODIFY COLUMN note       VARCHAR(800) NULL;
