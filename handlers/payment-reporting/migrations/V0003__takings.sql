-- What shops took, by the hour in Hong Kong, in cents. Each movement adds itself once, so the rows
-- are the same in whatever order movements come.
CREATE TABLE takings (
    business_id   BINARY(16) NOT NULL,
    day           DATE       NOT NULL,
    hour          TINYINT    NOT NULL,
    payments      BIGINT     NOT NULL,
    gross         BIGINT     NOT NULL,
    tips          BIGINT     NOT NULL,
    refunds       BIGINT     NOT NULL,
    refunded      BIGINT     NOT NULL,
    fees          BIGINT     NOT NULL,
    fees_returned BIGINT     NOT NULL,
    PRIMARY KEY (business_id, day, hour),
    KEY by_day (day, hour)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
