-- Money between people, as the events of payments tell it in any order: what cards in conversations
-- show. Of a pay link or red packet what moved is added up; of a request the newest version counts.
CREATE TABLE cards (
    -- Of the payment, request, pay link or red packet.
    card_id       BINARY(16)      NOT NULL PRIMARY KEY,
    kind          VARCHAR(16)     NOT NULL,
    payer_id      BINARY(16)      NOT NULL,
    -- Null where it is not one person.
    payee_id      BINARY(16)      NULL,
    -- Minor units; of a pay link or red packet zero until it is known what was put in.
    amount        BIGINT UNSIGNED NOT NULL,
    claimed       BIGINT UNSIGNED NOT NULL DEFAULT 0,
    returned      BIGINT UNSIGNED NOT NULL DEFAULT 0,
    -- Of a payment or request.
    status        VARCHAR(16)     NOT NULL DEFAULT 'open',
    state_version INT UNSIGNED    NOT NULL DEFAULT 0
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
