-- Where one run made the whole schema and let numbers be sealed, no program was ever released that does
-- not know of sealing, so none is waited for: no number stands in the clear. A run takes minutes, and
-- two releases are further apart than an hour. Programs that write meanwhile hold the row, as always.
UPDATE phone_sealing SET is_begun = TRUE
WHERE (
    SELECT TIMESTAMPDIFF(MINUTE,
        MIN(STR_TO_DATE(LEFT(applied_on, 19), '%Y-%m-%dT%H:%i:%s')),
        MAX(STR_TO_DATE(LEFT(applied_on, 19), '%Y-%m-%dT%H:%i:%s')))
    FROM refinery_schema_history
    WHERE version <= 100 -- the first one of sealing
    HAVING MAX(version) = 100
) < 60;
