-- What was refused is refused again without a look at it: `stage` also holds codes of refusals.
ALTER TABLE pictures MODIFY COLUMN stage VARCHAR(16) NOT NULL
    COMMENT 'announced, shown, retired, or the code of why it is refused';
