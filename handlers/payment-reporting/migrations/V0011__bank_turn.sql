-- A row to lock: days of the bank and their differences are changed one after the other, since what closes a day is
-- counted over rows that others change.
CREATE TABLE bank_turn (
    id TINYINT UNSIGNED NOT NULL PRIMARY KEY
);
INSERT INTO bank_turn VALUES (1);
