-- Their app has said that it received what has no larger number. What they have read they have
-- received, whatever stands here.
ALTER TABLE members ADD COLUMN delivered_number INT UNSIGNED NOT NULL DEFAULT 0;
