-- Which numbers a person has asked for, as digests under our own key that differ from person to
-- person, so that a repeat costs nothing and the numbers of Hong Kong cannot be walked. Of each
-- number eight bytes of its digest and the day, two bytes.
CREATE TABLE contact_allowances (
    user_id    BINARY(16)       NOT NULL PRIMARY KEY,
    asked      VARBINARY(20000) NOT NULL,
    changed_at DATETIME(6)      NOT NULL,
    KEY to_forget (changed_at)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
