-- Who is whose friend, or was: two rows for each two people.
CREATE TABLE friendships (
    person_id BINARY(16)   NOT NULL,
    friend_id BINARY(16)   NOT NULL,
    is_friend BOOLEAN      NOT NULL,
    version   INT UNSIGNED NOT NULL,
    PRIMARY KEY (person_id, friend_id),
    KEY friends (person_id, is_friend, friend_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
