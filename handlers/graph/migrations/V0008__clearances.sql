-- What a reviewer looked at and called normal: these reasons count for nothing until then.
ALTER TABLE account_states
    -- codes, as in `reasons`
    ADD COLUMN cleared_reasons VARCHAR(128) NOT NULL DEFAULT '[]',
    ADD COLUMN cleared_until   DATETIME(6);
