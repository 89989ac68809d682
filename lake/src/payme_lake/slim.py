"""SLIM: the five tables that people ask. What their columns mean stands in columns.py."""

from pyspark.sql import functions as F

from . import forecast


def _cents(column, *kinds):
    """The sum of a column over the transfers of some kinds; of all, if none is named."""
    amount = F.col(column)
    if kinds:
        amount = F.when(F.col("kind").isin(*kinds), amount).otherwise(0)
    return F.coalesce(F.sum(amount), F.lit(0)).cast("bigint")


def payment(transfers):
    refunds = transfers.where("kind = 'refund'").groupBy(
        F.col("refunded_payment_id").alias("payment_id")
    ).agg(
        F.sum("amount_cents").cast("bigint").alias("refunded_cents"),
        F.sum("fee_cents").cast("bigint").alias("fee_back_cents"),
    )
    zero = F.lit(0).cast("bigint")
    paid = transfers.where("kind = 'payment'").withColumnRenamed("transfer_id", "payment_id")
    paid = paid.join(refunds, "payment_id", "left")
    refunded = F.coalesce("refunded_cents", zero)
    fee = F.col("fee_cents") - F.coalesce("fee_back_cents", zero)
    return paid.select(
        "payment_id", "day", F.col("moved_at").alias("paid_at"),
        F.col("from_id").alias("payer_id"), F.col("to_id").alias("business_id"),
        "amount_cents", "tip_cents", refunded.alias("refunded_cents"), fee.alias("fee_cents"),
        (F.col("amount_cents") - refunded - fee).alias("net_cents"),
        F.col("payment_request_id").isNotNull().alias("is_requested"),
    )


def _sides(transfers, side_type):
    """A row for each side of that type, with what went out of it and came in."""
    out = transfers.where(F.col("from_type") == side_type).select(
        "*", F.col("from_id").alias("account"), F.col("amount_cents").alias("out"),
        F.lit(0).cast("bigint").alias("in"),
    )
    into = transfers.where(F.col("to_type") == side_type).select(
        "*", F.col("to_id").alias("account"), F.lit(0).cast("bigint").alias("out"),
        F.col("amount_cents").alias("in"),
    )
    return out.unionByName(into)


def person_day(transfers):
    return _sides(transfers, "user").groupBy(F.col("account").alias("person_id"), "day").agg(
        _cents("in").alias("in_cents"), _cents("out").alias("out_cents"),
        _cents("out", "payment").alias("paid_to_shops_cents"),
        _cents("in", "top-up").alias("topped_up_cents"),
        _cents("out", "withdrawal", "fps-payment").alias("taken_out_cents"),
        F.count("*").alias("transfers"),
    )


def shop_day(transfers):
    fee = F.when(F.col("kind") == "refund", -F.col("fee_cents")).otherwise(F.col("fee_cents"))
    sides = _sides(transfers, "business").withColumn("fee", fee)
    return sides.groupBy(F.col("account").alias("business_id"), "day").agg(
        _cents("in").alias("in_cents"), _cents("out").alias("out_cents"),
        _cents("in", "payment").alias("sold_cents"),
        _cents("out", "refund").alias("refunded_cents"),
        _cents("fee").alias("fee_cents"),
        F.sum(F.when(F.col("kind") == "payment", 1).otherwise(0)).alias("payments"),
        F.countDistinct(F.when(F.col("kind") == "payment", F.col("from_id"))).alias("payers"),
    )


def edge(transfers):
    both = transfers.where("from_type in ('user', 'business') and to_type in ('user', 'business')")
    return both.groupBy("from_id", "to_id").agg(
        F.count("*").alias("transfers"), _cents("amount_cents").alias("amount_cents"),
        F.min("moved_at").alias("first_at"), F.max("moved_at").alias("last_at"),
    )


def shop_forecast(transfers):
    return forecast.shop_forecast(shop_day(transfers))


TABLES = {
    "payment": payment,
    "person_day": person_day,
    "shop_day": shop_day,
    "shop_forecast": shop_forecast,
    "edge": edge,
}
