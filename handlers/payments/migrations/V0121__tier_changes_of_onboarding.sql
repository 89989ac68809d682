-- Either an operator's word, or the version of onboarding's.
ALTER TABLE tier_changes
    MODIFY COLUMN reason VARCHAR(200) NULL,
    MODIFY COLUMN operator VARCHAR(100) NULL,
    ADD COLUMN verification_version INT UNSIGNED NULL;
