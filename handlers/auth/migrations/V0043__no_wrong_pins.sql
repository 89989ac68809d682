-- Wrong guesses are counted in `guesses`; no instance that reads these runs any more.
ALTER TABLE users DROP COLUMN wrong_pins, DROP COLUMN guessed_at;
