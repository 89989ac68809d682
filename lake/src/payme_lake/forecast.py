"""What a shop will sell on each of the next seven days: the mean of that weekday in the four weeks
before, so that one good or bad day says little. A day without a sale counts as nothing sold, but
not before the shop's first one.
"""

from pyspark.sql import functions as F

AHEAD, WEEKS = 7, 4


def shop_forecast(shop_day):
    """From the last day that is over for all: the newest may still have more to come."""
    sold = shop_day.select("business_id", F.col("day").alias("past_day"), "sold_cents")
    last = shop_day.agg(F.date_sub(F.max("day"), 1).alias("last"))
    shops = sold.where("sold_cents > 0").groupBy("business_id").agg(
        F.min("past_day").alias("first"))
    days = shops.crossJoin(F.broadcast(last)).select(
        "business_id", "first", "last",
        F.explode(F.expr(f"sequence(date_add(last, 1), date_add(last, {AHEAD}))")).alias("day"))
    past = days.select(
        "*", F.explode(F.expr(f"transform(sequence(1, {WEEKS}), week -> date_sub(day, 7 * week))"))
        .alias("past_day")).where("past_day >= first and past_day <= last")
    found = past.join(sold, ["business_id", "past_day"], "left")
    return found.groupBy("business_id", "day").agg(
        F.round(F.avg(F.coalesce("sold_cents", F.lit(0)))).cast("bigint").alias("sold_cents"),
        F.count("*").alias("weeks"),
    )
