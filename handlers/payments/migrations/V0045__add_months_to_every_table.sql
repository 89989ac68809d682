-- Makes the partitions of the next three months in every table that has months, with the rights of
-- whoever migrates: the service's user may call it, and may not ALTER. It takes nothing from its
-- caller, not even the time.
--
-- A table whose last partition has rows is left alone: they would be copied while payments wait.
-- ALTER waits for the transactions on its table, and all that come later wait behind it. So it
-- gives up after a second (MariaDB: two), and the next call tries again.
DROP PROCEDURE IF EXISTS add_months;
CREATE PROCEDURE add_months()
    MODIFIES SQL DATA
    SQL SECURITY DEFINER
BEGIN
    DECLARE wait_before INT UNSIGNED DEFAULT @@SESSION.lock_wait_timeout;
    -- NOW and UTC_TIMESTAMP are what the session says they are.
    DECLARE this_month INT DEFAULT
        EXTRACT(YEAR_MONTH FROM CONVERT_TZ(SYSDATE(), @@SESSION.time_zone, '+00:00'));
    DECLARE is_done BOOL DEFAULT FALSE;
    DECLARE name VARCHAR(64);
    DECLARE is_by_id BOOL;
    DECLARE last_month INT;
    DECLARE next_month INT;
    DECLARE new_months TEXT;
    DECLARE month_tables CURSOR FOR
        SELECT table_name, MAX(partition_method = 'RANGE COLUMNS'),
            MAX(CAST(SUBSTRING(partition_name, 2) AS UNSIGNED))
        FROM information_schema.partitions
        WHERE table_schema = DATABASE() AND partition_name <> 'pmax'
        GROUP BY table_name;
    DECLARE CONTINUE HANDLER FOR NOT FOUND SET is_done = TRUE;
    DECLARE EXIT HANDLER FOR SQLEXCEPTION
    BEGIN
        SET SESSION lock_wait_timeout = wait_before;
        RESIGNAL;
    END;

    SET SESSION lock_wait_timeout = 1;
    OPEN month_tables;
    each_table: LOOP
        FETCH month_tables INTO name, is_by_id, last_month;
        IF is_done THEN
            LEAVE each_table;
        END IF;
        SET @months_sql =
            CONCAT('SELECT EXISTS (SELECT 1 FROM ', name, ' PARTITION (pmax)) INTO @pmax_has_rows');
        PREPARE statement FROM @months_sql;
        EXECUTE statement;
        DEALLOCATE PREPARE statement;

        SET new_months = '';
        WHILE NOT @pmax_has_rows AND last_month < PERIOD_ADD(this_month, 3) DO
            SET last_month = PERIOD_ADD(last_month, 1);
            SET next_month = PERIOD_ADD(last_month, 1);
            SET new_months = CONCAT(
                new_months, 'PARTITION p', last_month, ' VALUES LESS THAN (',
                -- Ids are UUIDv7, which begin with the milliseconds since 1970.
                IF(is_by_id, CONCAT('0x', RPAD(LPAD(HEX(
                    1000 * TIMESTAMPDIFF(SECOND, '1970-01-01',
                        STR_TO_DATE(CONCAT(next_month, '01'), '%Y%m%d'))
                ), 12, '0'), 32, '0')), next_month),
                '), '
            );
        END WHILE;
        IF new_months <> '' THEN
            SET @months_sql = CONCAT(
                'ALTER TABLE ', name, ' REORGANIZE PARTITION pmax INTO (', new_months,
                'PARTITION pmax VALUES LESS THAN (MAXVALUE))'
            );
            PREPARE statement FROM @months_sql;
            EXECUTE statement;
            DEALLOCATE PREPARE statement;
        END IF;
    END LOOP;
    CLOSE month_tables;
    SET SESSION lock_wait_timeout = wait_before;
END;
