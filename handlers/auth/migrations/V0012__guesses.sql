-- Wrong guesses at PINs and codes, counted here and not in Redis: a lock must hold whatever else is
-- forgotten. `users.wrong_pins` and `users.guessed_at` are not used any more; they go once no
-- instance that reads them runs.
CREATE TABLE guesses (
    guessed      VARBINARY(33) NOT NULL PRIMARY KEY
        COMMENT 'd and a device, u and a user, or p and the keyed digest of a phone',
    wrong        INT UNSIGNED  NOT NULL DEFAULT 0 COMMENT 'in a row',
    guessed_at   DATETIME(6)   NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    locked_until DATETIME(6)   NULL,
    KEY to_forget (guessed_at)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
