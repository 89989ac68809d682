-- When the owner is to be reminded next: the timer, each minute, reads what is due and no row beside.
-- The days are those of `ApiCredential::REMINDED_AT`.
ALTER TABLE api_credentials
    ADD COLUMN remind_at DATETIME(6) GENERATED ALWAYS AS (CASE
        WHEN deactivated_at IS NOT NULL OR reminded_days <= 1 THEN NULL
        WHEN reminded_days <= 7 THEN expires_at - INTERVAL 1 DAY
        WHEN reminded_days <= 30 THEN expires_at - INTERVAL 7 DAY
        ELSE expires_at - INTERVAL 30 DAY END) VIRTUAL,
    DROP KEY to_remind,
    ADD KEY to_remind (remind_at);
