-- Who talks in a conversation, or did: what they may read, what they have, and how they want it.
CREATE TABLE members (
    conversation_id BINARY(16)   NOT NULL,
    user_id         BINARY(16)   NOT NULL,
    -- They read what has a larger number, and, once they have left, no larger one than the other.
    joined_after    INT UNSIGNED NOT NULL DEFAULT 0,
    left_after      INT UNSIGNED NULL,
    -- Of the newest message that they may read.
    last_number     INT UNSIGNED NOT NULL DEFAULT 0,
    -- Their conversations are listed by it: that message's id, or what stands for having come into a
    -- group. Null while there is nothing to show.
    activity_id     BINARY(16)   NULL,
    -- They have read what has no larger number.
    read_number     INT UNSIGNED NOT NULL DEFAULT 0,
    unread          INT UNSIGNED NOT NULL DEFAULT 0,
    is_muted        BOOLEAN      NOT NULL DEFAULT FALSE,
    -- How many messages they have sent since, against floods.
    pace_began_at   DATETIME(6)  NULL,
    pace_sent       INT UNSIGNED NOT NULL DEFAULT 0,
    PRIMARY KEY (conversation_id, user_id),
    KEY to_list (user_id, activity_id),
    KEY to_count (user_id, is_muted, unread)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
