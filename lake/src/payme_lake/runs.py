"""Runs of money: what came to a person and went on from them within hours, and on from there, to
a bank or back to where it had been. A person sees two payments of a run; this sees all of it.

Only of one day of Hong Kong, as all features. Of the runs that end with a payment the longest is
kept, so that many equal payments cannot make more rows than there are pairs of them.
"""

from functools import reduce

from pyspark.sql import Window
from pyspark.sql import functions as F

from .person_token import FORGOTTEN_TOKEN

# Goes on within so many milliseconds, and at least so much of it.
ONWARD = 2 * 3_600_000
PART = 0.6
# Payments of a run; what goes on after these is a run of its own.
HOPS = 6

FEATURES = {
    "run_hops": "payments of the longest run of money that they passed on; 0 if they did not",
    "run_closed": "whether a run that they passed on came back to where it had been, as 0 or 1",
    "run_strangers": "of the longest run's payments, those of two who had not dealt before",
    "run_cents": "cents that the longest run began with, as log(1 + cents)",
    "run_out": "whether the longest run ended at a bank, as 0 or 1",
}


def _moves(transfers):
    """What people sent to people and banks, and whether the two had not dealt on an earlier day."""
    dealt = Window.partitionBy(F.least("from_id", "to_id"), F.greatest("from_id", "to_id"))
    chosen = transfers.where("from_type = 'user' and to_type in ('user', 'bank')").where(
        f"from_id <> '{FORGOTTEN_TOKEN}' and coalesce(to_id, '') <> '{FORGOTTEN_TOKEN}'")
    return chosen.select(
        "transfer_id", "day", F.unix_millis("moved_at").alias("at"),
        F.col("from_id").alias("source"),
        F.when(F.col("to_type") == "user", F.col("to_id")).alias("target"),
        F.col("amount_cents").alias("cents"),
        F.when(F.col("to_type") == "user", (F.min("day").over(dealt) == F.col("day")).cast("int"))
        .otherwise(0).alias("strangers"),
    )


def _pairs(moves):
    """Each payment with each that it may have gone on by."""
    came = moves.where("target is not null").select(
        F.col("transfer_id").alias("before"), F.col("source").alias("giver"), "day",
        F.col("target").alias("source"), F.col("at").alias("came_at"), F.col("cents").alias("came"))
    return came.join(moves, ["day", "source"]).where(
        f"at > came_at and at <= came_at + {ONWARD} and cents <= came and cents >= {PART} * came"
        " and (target is null or target <> giver)"
    ).select("before", "transfer_id", "day", "target", "strangers")


def longest(transfers):
    """Of each payment that carried on what had come, the longest run that it ends: its `people` in
    order, and what it is.
    """
    moves = _moves(transfers)
    pairs = _pairs(moves).localCheckpoint()
    ended = moves.where("target is not null").select(
        "transfer_id", F.struct(
            F.lit(1).alias("hops"), "strangers", F.col("cents").alias("first_cents"),
            F.array("source", "target").alias("people"), F.lit(0).alias("is_closed"),
            F.lit(0).alias("is_out")).alias("run"))
    found = []
    for _ in range(HOPS - 1):
        longer = pairs.join(
            ended.select(F.col("transfer_id").alias("before"), "run"), "before").where(
            "run.is_closed = 0")
        people = F.when(F.col("target").isNull(), F.col("run.people")).otherwise(
            F.concat("run.people", F.array("target")))
        ended = longer.select("transfer_id", "day", F.struct(
            (F.col("run.hops") + 1).alias("hops"),
            (F.col("run.strangers") + F.col("strangers")).alias("strangers"),
            "run.first_cents", people.alias("people"),
            F.coalesce(F.expr("array_contains(run.people, target)"), F.lit(False)).cast("int")
            .alias("is_closed"),
            F.col("target").isNull().cast("int").alias("is_out")).alias("run"))
        ended = ended.groupBy("transfer_id", "day").agg(F.max("run").alias("run")).localCheckpoint()
        found.append(ended)
    return reduce(lambda one, other: one.unionByName(other), found).select("day", "run.*")


def person_days(transfers):
    """For each person and day the longest run that they passed on, if there was one."""
    runs = longest(transfers)
    carriers = F.expr("if(is_out = 1, slice(people, 2, size(people) - 1),"
                      " slice(people, 2, size(people) - 2))")
    best = F.max(F.struct("hops", "is_closed", "strangers", "first_cents", "is_out")).alias("run")
    days = runs.select("*", F.explode(carriers).alias("person_id")).groupBy(
        "person_id", "day").agg(best, F.max("is_closed").alias("closed"))
    columns = (F.col("run.hops"), F.col("closed"), F.col("run.strangers"),
               F.log1p("run.first_cents"), F.col("run.is_out"))
    return days.select("person_id", "day", *(
        column.cast("double").alias(name) for name, column in zip(FEATURES, columns)))
