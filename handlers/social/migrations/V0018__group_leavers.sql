-- Who has left a group by themselves: they are not added to it again for some time. What is older is
-- deleted when somebody else leaves, and everything when the group ends.
CREATE TABLE group_leavers (
    group_id BINARY(16)  NOT NULL,
    user_id  BINARY(16)  NOT NULL,
    left_at  DATETIME(6) NOT NULL,
    PRIMARY KEY (group_id, user_id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
