"""What each column of SLIM means, its unit and source, and what must be true of it; so of what the
model says, and in staging of `transfers`, which all of SLIM is made of. `hold` stops a load that is
otherwise.

All of it is as fresh as the last run of the job: at most 15 minutes after an event was captured,
and capture takes at most 5. An event that comes late changes its own day, at the next run.
"""

from dataclasses import dataclass

from pyspark.sql import functions as F


@dataclass(frozen=True)
class Column:
    name: str
    type: str
    unit: str
    meaning: str
    source: str
    # SQL; what is null meets it, unless it says otherwise.
    expect: str = "true"


@dataclass(frozen=True)
class Table:
    key: tuple[str, ...]
    columns: tuple[Column, ...]


class BadLoad(Exception):
    """What was to be written is not what it should be; the table is as it was."""


def _cents(name, meaning, source, expect=None):
    expect = expect or f"{name} is not null and {name} >= 0"
    return Column(name, "bigint", "HKD cents", meaning, source, expect)


def _count(name, meaning, source):
    return Column(name, "bigint", "count", meaning, source, f"{name} is not null and {name} >= 0")


def _person(name, meaning, source):
    expect = f"{name} is not null and {name} like 'psn_%'"
    return Column(name, "string", "token", meaning, source, expect)


def _business(name, meaning, source):
    expect = f"{name} is not null and {name} like 'biz_%'"
    return Column(name, "string", "id", meaning, source, expect)


def _day(source):
    return Column("day", "date", "day", "day in Hong Kong", source, "day is not null")


def _moment(name, meaning, source):
    return Column(name, "timestamp", "UTC", meaning, source, f"{name} is not null")


MOVED = "money-moved"
SIDES = "type in ('user', 'business', 'bank', 'escrow')"

TABLES = {
    "transfers": Table(
        ("transfer_id",),
        (
            Column("transfer_id", "string", "id", "the operation that moved money",
                   f"{MOVED}.operation_id", "transfer_id is not null"),
            Column("kind", "string", "code", "what moved it", f"{MOVED}.kind", "kind is not null"),
            Column("from_type", "string", "code", "what kind of account it left",
                   f"{MOVED}.from.type", f"from_{SIDES}"),
            Column("from_id", "string", "token or id", "whose account; none of a bank",
                   f"{MOVED}.from.id", "from_id is not null or from_type = 'bank'"),
            Column("to_type", "string", "code", "what kind of account it came to",
                   f"{MOVED}.to.type", f"to_{SIDES}"),
            Column("to_id", "string", "token or id", "whose account; none of a bank",
                   f"{MOVED}.to.id", "to_id is not null or to_type = 'bank'"),
            _cents("amount_cents", "what moved", f"{MOVED}.amount", "amount_cents > 0"),
            _cents("fee_cents", "what the shop pays for it, or has back with a refund",
                   f"{MOVED}.fee", "fee_cents between 0 and amount_cents"),
            _cents("tip_cents", "how much of the amount is a tip", f"{MOVED}.tip",
                   "tip_cents between 0 and amount_cents"),
            Column("payment_request_id", "string", "id", "what a shop had asked for, if it had",
                   f"{MOVED}.payment_request_id"),
            Column("refunded_payment_id", "string", "id", "the payment that a refund gives back",
                   f"{MOVED}.refunded_payment_id",
                   "refunded_payment_id is null or kind = 'refund'"),
            Column("money_request_id", "string", "id", "what a person had asked for, if one had",
                   f"{MOVED}.money_request_id"),
            Column("gift_id", "string", "id", "the pay link or red packet, if it is of one",
                   f"{MOVED}.pay_link_id, red_packet_id"),
            _moment("moved_at", "when it moved", f"{MOVED}.moved_at"),
            _day(f"{MOVED}.moved_at"),
            Column("event_id", "string", "id", "the event that told of it", "envelope.id",
                   "event_id is not null"),
        ),
    ),
    "payment": Table(
        ("payment_id",),
        (
            Column("payment_id", "string", "id", "a payment to a shop", "transfers.transfer_id",
                   "payment_id like 'pay_%'"),
            _day("transfers.day"),
            _moment("paid_at", "when it was paid", "transfers.moved_at"),
            _person("payer_id", "who paid", "transfers.from_id"),
            _business("business_id", "who was paid", "transfers.to_id"),
            _cents("amount_cents", "what was paid, the tip too", "transfers.amount_cents",
                   "amount_cents > 0"),
            _cents("tip_cents", "how much of it is a tip", "transfers.tip_cents"),
            _cents("refunded_cents", "what was given back so far",
                   "transfers.amount_cents of its refunds",
                   "refunded_cents between 0 and amount_cents"),
            _cents("fee_cents", "what the shop pays for it, less what it had back",
                   "transfers.fee_cents, of its refunds too"),
            _cents("net_cents", "what the shop keeps: amount less refunds and fee", "these",
                   "net_cents = amount_cents - refunded_cents - fee_cents"),
            Column("is_requested", "boolean", "yes or no", "whether the shop had asked for it",
                   "transfers.payment_request_id", "is_requested is not null"),
        ),
    ),
    "person_day": Table(
        ("person_id", "day"),
        (
            _person("person_id", "a person, on a day on which money came or went",
                    "transfers.from_id, to_id of type user"),
            _day("transfers.day"),
            _cents("in_cents", "all that came into the wallet", "transfers.amount_cents"),
            _cents("out_cents", "all that left the wallet", "transfers.amount_cents"),
            _cents("paid_to_shops_cents", "of that, paid to shops", "transfers of kind payment",
                   "paid_to_shops_cents between 0 and out_cents"),
            _cents("topped_up_cents", "of what came, from a bank", "transfers of kind top-up",
                   "topped_up_cents between 0 and in_cents"),
            _cents("taken_out_cents", "of what left, to a bank",
                   "transfers of kind withdrawal, fps-payment",
                   "taken_out_cents between 0 and out_cents"),
            _count("transfers", "how many they were", "transfers"),
        ),
    ),
    "shop_day": Table(
        ("business_id", "day"),
        (
            _business("business_id", "a business, on a day on which money came or went",
                      "transfers.from_id, to_id of type business"),
            _day("transfers.day"),
            _cents("in_cents", "all that came in, before fees", "transfers.amount_cents"),
            _cents("out_cents", "all that left, before fees", "transfers.amount_cents"),
            _cents("sold_cents", "of what came, by payments", "transfers of kind payment",
                   "sold_cents between 0 and in_cents"),
            _cents("refunded_cents", "of what left, by refunds made on that day",
                   "transfers of kind refund", "refunded_cents between 0 and out_cents"),
            _cents("fee_cents", "fees of the day, less those given back: negative on a day of "
                   "refunds", "transfers.fee_cents", "fee_cents is not null"),
            _count("payments", "how many payments", "transfers of kind payment"),
            _count("payers", "how many people paid", "transfers.from_id of kind payment"),
        ),
    ),
    "shop_forecast": Table(
        ("business_id", "day"),
        (
            _business("business_id", "a business that has sold", "shop_day.business_id"),
            Column("day", "date", "day", "one of the seven after the last day that is over",
                   "shop_day.day", "day is not null"),
            _cents("sold_cents", "what it will sell: the mean of that weekday", "shop_day"),
            _count("weeks", "of how many weeks before, 4 at most", "shop_day"),
        ),
    ),
    "person_score": Table(
        ("person_id", "day"),
        (
            _person("person_id", "a person, on a day on which money came or went",
                    "transfers.from_id, to_id of type user"),
            _day("transfers.day"),
            Column("score", "double", "0 to 1", "how much the day looks like one of a ring",
                   "the model, of features.py", "score between 0 and 1"),
            Column("is_alert", "boolean", "yes or no", "whether it is above the cut-off",
                   "score, score_cut_off.cut_off", "is_alert is not null"),
            Column("trained_at", "timestamp", "UTC", "when the model was taught that says so",
                   "score_cut_off.trained_at", "trained_at is not null"),
        ),
    ),
    "edge": Table(
        ("from_id", "to_id"),
        (
            Column("from_id", "string", "token or id", "who paid, a person or a business",
                   "transfers.from_id", "from_id is not null"),
            Column("to_id", "string", "token or id", "who was paid", "transfers.to_id",
                   "to_id is not null"),
            _count("transfers", "how often, ever", "transfers"),
            _cents("amount_cents", "how much, ever", "transfers.amount_cents", "amount_cents > 0"),
            _moment("first_at", "the first time", "transfers.moved_at"),
            _moment("last_at", "the last time", "transfers.moved_at"),
        ),
    ),
}


def hold(name, rows):
    """The rows, if they are what is promised of the table; otherwise `BadLoad`, which says what."""
    table = TABLES.get(name)
    if table is None:
        return rows
    promised = [(column.name, column.type) for column in table.columns]
    found = [(field.name, field.dataType.simpleString()) for field in rows.schema]
    if found != promised:
        raise BadLoad(f"{name}: columns are {found}, not {promised}")
    counts = [
        F.count_if(~F.coalesce(F.expr(column.expect), F.lit(True))).alias(column.name)
        for column in table.columns
    ]
    key = F.struct(*table.key)
    row = rows.agg(*counts, (F.count("*") - F.count_distinct(key)).alias("_doubled")).first()
    wrong = [f"{row[c.name]} rows where not ({c.expect})" for c in table.columns if row[c.name]]
    if row["_doubled"]:
        wrong.append(f"{row['_doubled']} rows too many of a key ({', '.join(table.key)})")
    if wrong:
        raise BadLoad(f"{name}: {'; '.join(wrong)}")
    return rows
