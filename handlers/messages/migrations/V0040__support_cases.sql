-- What people have opened with support. What is said stands in its conversation, of which they are the
-- only member: whoever of staff answers is none.
CREATE TABLE support_cases (
    case_id         BINARY(16)   NOT NULL PRIMARY KEY,
    -- Nine digits, the last of which fits the others.
    case_number     INT UNSIGNED NOT NULL,
    conversation_id BINARY(16)   NOT NULL,
    user_id         BINARY(16)   NOT NULL,
    category        VARCHAR(16)  NOT NULL,
    -- The id of a payment, refund or dispute.
    subject         VARCHAR(40)  NULL,
    -- Who of staff has it, and when they last did something in it.
    claimed_by      BINARY(16)   NULL,
    acted_at        DATETIME(6)  NULL,
    outcome         VARCHAR(16)  NULL,
    opened_at       DATETIME(6)  NOT NULL,
    waits_since     DATETIME(6)  NULL,
    closed_at       DATETIME(6)  NULL,
    -- Of a case that is closed: nothing, so that the list of open ones is short.
    open_id         BINARY(16)   NULL,
    -- When what was said goes: null while it is open, and once it has gone.
    forget_at       DATETIME(6)  NULL,
    UNIQUE KEY by_number (case_number),
    UNIQUE KEY of_conversation (conversation_id),
    KEY of_person (user_id, case_id),
    KEY to_list (open_id),
    KEY next_to_forget (forget_at)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
