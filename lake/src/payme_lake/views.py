"""What analysts may ask: views of SLIM in a schema of their own, and who sees which rows and
columns of them. Analysts have no right on what is below: the schema `gold` and the files.
"""

# They look into cases; all others see no person, also not by a shop that had few customers.
CASES = "is_account_group_member('lake-cases')"
FEW = 5

VIEWS = {
    "payment": f"""select payment_id, day, paid_at, if({CASES}, payer_id, null) as payer_id,
        business_id, amount_cents, tip_cents, refunded_cents, fee_cents, net_cents, is_requested
        from gold.payment""",
    "shop_day": f"select * from gold.shop_day where {CASES} or payers >= {FEW}",
    "shop_forecast": f"""select * from gold.shop_forecast where {CASES} or business_id in (
        select business_id from gold.shop_day group by business_id having avg(payers) >= {FEW})""",
    "person_day": f"select * from gold.person_day where {CASES}",
    "edge": f"select * from gold.edge where {CASES}",
    "person_score": f"select * from gold.person_score where {CASES}",
    "day": """select day, sum(sold_cents) as sold_cents, sum(refunded_cents) as refunded_cents,
        sum(fee_cents) as fee_cents, sum(payments) as payments, count(*) as shops
        from gold.shop_day group by day""",
}


def publish(spark, tables):
    """Names the tables of SLIM in the session's catalog, where they are, and makes the views."""
    spark.sql("create schema if not exists gold")
    spark.sql("create schema if not exists analysts")
    for name, query in VIEWS.items():
        if name != "day":
            spark.sql(f"create table if not exists gold.{name} using delta"
                      f" location '{tables.path(name)}'")
        spark.sql(f"create or replace view analysts.{name} as {query}")
