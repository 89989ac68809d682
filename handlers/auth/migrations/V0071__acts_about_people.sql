ALTER TABLE staff_acts ADD COLUMN about_user_id BINARY(16) NULL COMMENT 'whose account it concerns';
