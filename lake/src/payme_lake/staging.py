"""Staging: the clear model. Money is cents in bigint, moments are UTC, days those of Hong Kong.

What comes in versions is kept as a history: each version from when it was told until the next one.
"""

from pyspark.sql import Window
from pyspark.sql import functions as F

ZONE = "Asia/Hong_Kong"


def _of(refined, column, *fields):
    fields = [F.col(f"{column}.{name}") for name in fields]
    return refined.where(F.col(column).isNotNull()).select("event_id", "occurred_at", *fields)


def transfers(refined):
    moved = F.col("money_moved")
    zero = F.lit(0).cast("bigint")
    return refined.where("money_moved is not null").select(
        moved["operation_id"].alias("transfer_id"),
        moved["kind"].alias("kind"),
        moved["from"]["type"].alias("from_type"),
        moved["from"]["id"].alias("from_id"),
        moved["to"]["type"].alias("to_type"),
        moved["to"]["id"].alias("to_id"),
        moved["amount"].alias("amount_cents"),
        F.coalesce(moved["fee"], zero).alias("fee_cents"),
        F.coalesce(moved["tip"], zero).alias("tip_cents"),
        moved["payment_request_id"].alias("payment_request_id"),
        moved["refunded_payment_id"].alias("refunded_payment_id"),
        moved["money_request_id"].alias("money_request_id"),
        F.coalesce(moved["pay_link_id"], moved["red_packet_id"]).alias("gift_id"),
        moved["moved_at"].alias("moved_at"),
        F.to_date(F.from_utc_timestamp(moved["moved_at"], ZONE)).alias("day"),
        "event_id",
    )


def payment_requests(refined):
    """What shops asked for, and how it ended: an end that comes before its beginning waits."""
    created = _of(
        refined, "payment_request_created", "payment_request_id", "business_id", "amount",
        "capture_method", "tip_allowed", "expires_at",
    )
    closed = _of(refined, "payment_request_closed", "payment_request_id", "status")
    closed = closed.withColumnRenamed("occurred_at", "closed_at").drop("event_id")
    return created.join(closed, "payment_request_id", "left").select(
        "payment_request_id", "business_id", F.col("amount").alias("amount_cents"),
        F.coalesce("capture_method", F.lit("automatic")).alias("capture_method"),
        F.coalesce("tip_allowed", F.lit(False)).alias("tip_allowed"),
        F.coalesce("status", F.lit("open")).alias("status"),
        F.col("occurred_at").alias("created_at"), "closed_at", "expires_at",
    )


def history(versions, key):
    """A row for each version, valid from when it was told until the next one that is known."""
    versions = versions.drop("event_id").dropDuplicates([key, "version"])
    following = F.lead("occurred_at").over(Window.partitionBy(key).orderBy("version"))
    return versions.withColumn("valid_to", following).select(
        *(name for name in versions.columns if name != "occurred_at"),
        F.col("occurred_at").alias("valid_from"), "valid_to",
        F.col("valid_to").isNull().alias("is_current"),
    )


def people_history(refined):
    profiles = _of(refined, "profile_changed", "user_id", "version", "language")
    return history(profiles.withColumnRenamed("user_id", "person_id"), "person_id")


def businesses_history(refined):
    changes = _of(
        refined, "business_changed", "business_id", "version", "owner_user_id", "shop_name",
        "category_code", "is_closed",
    )
    changes = changes.withColumnRenamed("owner_user_id", "owner_id")
    changes = changes.withColumn("is_closed", F.coalesce("is_closed", F.lit(False)))
    return history(changes, "business_id")


def money_requests_history(refined):
    asked = F.col("money_request_changed")
    changes = refined.where("money_request_changed is not null").select(
        "event_id", "occurred_at", asked["money_request_id"].alias("money_request_id"),
        asked["version"].alias("version"), asked["requester"]["user_id"].alias("requester_id"),
        asked["payer"]["user_id"].alias("payer_id"), asked["amount"].alias("amount_cents"),
        asked["bill_id"].alias("bill_id"), asked["status"].alias("status"),
        asked["peer_payment_id"].alias("transfer_id"),
    )
    return history(changes, "money_request_id")


def wallets(refined):
    """A wallet begins with the registration of its owner, and ends when it is closed."""
    opened = _of(refined, "user_registered", "user_id")
    closed = _of(refined, "wallet_closed", "user_id", "closed_at")
    closed = closed.select("user_id", "closed_at")
    tiers = history(
        _of(refined, "person_verification_changed", "user_id", "version", "tier"), "user_id"
    )
    tiers = tiers.where("is_current").select("user_id", "tier")
    return opened.join(tiers, "user_id", "left").join(closed, "user_id", "left").select(
        F.col("user_id").alias("person_id"), F.col("occurred_at").alias("opened_at"),
        F.coalesce("tier", F.lit("unverified")).alias("tier"), "closed_at",
    )


TABLES = {
    "transfers": transfers,
    "payment_requests": payment_requests,
    "people_history": people_history,
    "businesses_history": businesses_history,
    "money_requests_history": money_requests_history,
    "wallets": wallets,
}
