-- Drops the months of `operation_keys` that ended more than 31 days ago, so a key answers for 30
-- days at least. The limit stands here, out of its caller's reach. The rest is as in `add_months`.
CREATE PROCEDURE drop_old_keys()
    MODIFIES SQL DATA
    SQL SECURITY DEFINER
BEGIN
    DECLARE wait_before INT UNSIGNED DEFAULT @@SESSION.lock_wait_timeout;
    DECLARE kept_since DATETIME DEFAULT
        CONVERT_TZ(SYSDATE(), @@SESSION.time_zone, '+00:00') - INTERVAL 31 DAY;
    DECLARE old_months TEXT;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        SET SESSION lock_wait_timeout = wait_before;
        RESIGNAL;
    END;

    -- What a partition holds is less than its description, the month that follows.
    SELECT GROUP_CONCAT(partition_name) INTO old_months
    FROM information_schema.partitions
    WHERE table_schema = DATABASE() AND table_name = 'operation_keys' AND partition_name <> 'pmax'
        AND STR_TO_DATE(CONCAT(partition_description, '01'), '%Y%m%d') < kept_since;
    IF old_months IS NOT NULL THEN
        SET SESSION lock_wait_timeout = 1;
        SET @months_sql = CONCAT('ALTER TABLE operation_keys DROP PARTITION ', old_months);
        PREPARE statement FROM @months_sql;
        EXECUTE statement;
        DEALLOCATE PREPARE statement;
        SET SESSION lock_wait_timeout = wait_before;
    END IF;
END;
