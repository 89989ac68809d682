-- Why a login ended: one that the next log-in on its device replaced is nothing to look into.
ALTER TABLE sessions ADD COLUMN end_reason VARCHAR(32) NULL;
