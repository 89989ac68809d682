"""What is known of a person at the end of a day, from `transfers`: what the model sees.

Only of what had moved by then, midnight in Hong Kong: a figure looks back, or forward within its
own day. Shops and banks have no features.
"""

from pyspark.sql import Window
from pyspark.sql import functions as F

from . import runs
from .person_token import FORGOTTEN_TOKEN

# The standing rules ask the PIN from HK$2,000: whoever stays below it again and again.
BELOW = (1_800_00, 2_000_00)
GOES_ON = "way = 'out' and other_type in ('user', 'bank')"

FEATURES = {
    "payers": "people who paid them",
    "new_payers": "of these, who had not dealt with them on an earlier day",
    "payees": "people whom they paid",
    "new_payees": "of these, whom they had not dealt with on an earlier day",
    "from_people": "cents that came from people, as log(1 + cents)",
    "to_people": "cents that went to people, as log(1 + cents)",
    "to_banks": "cents that went to banks, as log(1 + cents)",
    "to_shops": "cents that went to shops, as log(1 + cents)",
    "passed_on": "what went to people and banks within two hours, as a share of what people sent",
    "just_below": "payments from or to people from HK$1,800 to below HK$2,000",
    **runs.FEATURES,
}


def _sides(transfers):
    """Each transfer as who had it saw it, from one end and from the other."""
    def side(own, other, way):
        return transfers.where(f"{own}_type = 'user'").select(
            "transfer_id", "day", F.unix_millis("moved_at").alias("at"), F.lit(way).alias("way"),
            F.col(f"{own}_id").alias("person_id"), F.col(f"{other}_id").alias("other_id"),
            F.col(f"{other}_type").alias("other_type"), F.col("amount_cents").alias("cents"),
        )

    both = side("to", "from", "in").unionByName(side("from", "to", "out"))
    # All who were forgotten are one account, whose days are nobody's.
    return both.where(F.col("person_id") != FORGOTTEN_TOKEN)


def person_days(transfers):
    """A row for each person and day with a transfer of theirs."""
    came = F.when(F.expr("way = 'in' and other_type = 'user'"), F.col("cents")).otherwise(0)
    before = Window.partitionBy("person_id").orderBy("at").rangeBetween(-runs.ONWARD, 0)
    dealt = Window.partitionBy("person_id", "other_id")
    sides = _sides(transfers).withColumns({
        "came": F.sum(came).over(before),
        "is_new": F.min("day").over(dealt) == F.col("day"),
    })

    def people(condition):
        chosen = F.expr(f"other_type = 'user' and {condition}")
        return F.count_distinct(F.when(chosen, F.col("other_id"))).cast("double")

    def cents(condition):
        return F.coalesce(F.sum(F.when(F.expr(condition), F.col("cents"))), F.lit(0))

    def count(condition):
        return F.count_if(F.expr(condition)).cast("double")

    from_people = cents("way = 'in' and other_type = 'user'")
    passed = F.coalesce(F.sum(F.when(F.expr(GOES_ON), F.least("cents", "came"))), F.lit(0))
    days = sides.groupBy("person_id", "day").agg(
        people("way = 'in'").alias("payers"),
        people("way = 'in' and is_new").alias("new_payers"),
        people("way = 'out'").alias("payees"),
        people("way = 'out' and is_new").alias("new_payees"),
        F.log1p(from_people).alias("from_people"),
        F.log1p(cents("way = 'out' and other_type = 'user'")).alias("to_people"),
        F.log1p(cents("way = 'out' and other_type = 'bank'")).alias("to_banks"),
        F.log1p(cents("way = 'out' and other_type = 'business'")).alias("to_shops"),
        F.least(F.lit(1.0), passed / F.greatest(from_people, F.lit(1))).alias("passed_on"),
        count(f"other_type = 'user' and cents >= {BELOW[0]} and cents < {BELOW[1]}").alias(
            "just_below"),
    )
    known = days.join(runs.person_days(transfers), ["person_id", "day"], "left")
    return known.fillna(0.0, [*runs.FEATURES])
