"""Refined: each event once, typed by its contract; or, with the reason, in quarantine.

Quarantine has no body, since what is wrong in it may be a text of a person: the file and the
sequence number say where it stands.
"""

from pyspark.sql import functions as F

from .contracts import CONTRACTS, FORGOTTEN_KIND, NOT_READ
from .person_token import tokens

ENVELOPE = "id string, type string, time timestamp, data string"
# What of a body is no JSON, or not of the type that the contract says.
BROKEN = "_broken"


def _json(text, ddl):
    options = {"mode": "PERMISSIVE", "columnNameOfCorruptRecord": BROKEN}
    return F.from_json(text, f"{ddl}, {BROKEN} string", options)


def _wrong(contract):
    """Why an event of this contract is wrong, or null."""
    data = contract.column
    reasons = [F.when(F.col(f"{data}.{BROKEN}").isNotNull(), F.lit("type-wrong"))]
    for name in contract.required:
        reasons.append(F.when(F.col(f"{data}.{name}").isNull(), F.lit(f"missing-{name}")))
    for reason, rule in contract.rules.items():
        reasons.append(F.when(~F.expr(rule.format(data)), F.lit(reason)))
    return F.when(F.col("kind") == contract.kind, F.coalesce(*reasons))


def judge(rows, key):
    """All events that are read, each with `reason`: null if nothing is wrong. Not deduplicated."""
    token = tokens(key)
    envelope = _json(F.col("body").cast("string"), ENVELOPE)
    events = rows.where("sequence_number is not null or error is not null")
    events = events.withColumn("envelope", F.when(F.col("error").isNull(), envelope))
    events = events.select(
        "file", "hub", "partition", "sequence_number", "error",
        F.col("envelope.id").alias("event_id"), F.col("envelope.type").alias("kind"),
        F.col("envelope.time").alias("occurred_at"), F.col("envelope.data").alias("data"),
    ).where(F.col("kind").isNull() | ~F.col("kind").isin(FORGOTTEN_KIND, *NOT_READ))
    for contract in CONTRACTS:
        is_it = F.col("kind") == contract.kind
        events = events.withColumn(
            contract.column, F.when(is_it, _json(F.col("data"), contract.fields))
        )
    known = [contract.kind for contract in CONTRACTS]
    no_event = F.col("event_id").isNull() | F.col("kind").isNull() | F.col("occurred_at").isNull()
    events = events.withColumn(
        "reason",
        F.coalesce(
            F.col("error"),
            F.when(no_event, F.lit("not-an-event")),
            F.when(~F.col("kind").isin(*known), F.lit("kind-unknown")),
            *map(_wrong, CONTRACTS),
        ),
    )
    for contract in CONTRACTS:
        data = F.col(contract.column).dropFields(BROKEN)
        for place in contract.people:
            data = data.withField(place, token(F.col(f"{contract.column}.{place}")))
        is_it = F.col("kind") == contract.kind
        events = events.withColumn(contract.column, F.when(is_it, data))
    return events.drop("error", "data")


def good(judged):
    """The table `refined`: an event once, wherever it stood."""
    return judged.where("reason is null").drop("reason").dropDuplicates(["event_id"])


def quarantine(judged):
    """The table `quarantine`: what cannot be read, by its place."""
    place = F.concat_ws("#", "file", "sequence_number")
    return judged.where("reason is not null").select(
        place.alias("place"), "file", "hub", "partition", "sequence_number", "event_id", "kind",
        "reason",
    )


def files(rows):
    """The table `files`: each capture file, with the sequence numbers that it has."""
    return rows.groupBy("file", "hub", "partition").agg(
        F.count("sequence_number").alias("events"),
        F.min("sequence_number").alias("first_sequence"),
        F.max("sequence_number").alias("last_sequence"),
        F.first("error").alias("error"),
    )
