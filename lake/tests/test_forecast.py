"""A shop's coming week is made of its weeks before."""

import random
from datetime import date, timedelta

from payme_lake import forecast

MONDAY = date(2026, 9, 7)
WEEKDAYS = (1, 1, 1, 1, 2, 4, 3)


def forecasts(spark, rows):
    shop_day = spark.createDataFrame(rows, "business_id string, day date, sold_cents bigint")
    return {(row["business_id"], row["day"]): (row["sold_cents"], row["weeks"])
            for row in forecast.shop_forecast(shop_day).collect()}


def day(number):
    return MONDAY + timedelta(days=number)


def test_a_day_is_the_mean_of_its_weekday_and_a_day_without_a_sale_is_nothing_sold(spark):
    sold = [("biz_a", day(7 * week), 100 + week) for week in range(5) if week != 2]
    # Younger than four weeks, and one that only sets the day that is not over.
    sold += [("biz_b", day(28), 900), ("biz_c", day(32), 5)]
    found = forecasts(spark, sold)
    assert {place[1] for place in found} <= {day(number) for number in range(32, 39)}
    # Of the last four Mondays one had no sale; that of five weeks ago does not count.
    assert found["biz_a", day(35)] == (round((101 + 0 + 103 + 104) / 4), 4)
    assert found["biz_b", day(35)] == (900, 1)
    # Before its first sale a shop was not without sales.
    assert ("biz_b", day(32)) not in found
    assert not any(shop == "biz_c" for shop, _ in found)


def test_it_is_nearer_than_what_was_sold_a_week_before(spark):
    chance = random.Random(20261201)
    sold = {(f"biz_{shop}", day(number)): int(chance.gauss(1, 0.25) * 1000_00 * WEEKDAYS[number % 7])
            for shop in range(20) for number in range(43)}
    rows = [(*place, cents) for place, cents in sold.items() if place[1] <= day(35)]
    # Day 35 is not over: it is foretold with those to day 41, and not looked at.
    found = forecasts(spark, [row if row[1] < day(35) else (*row[:2], 1) for row in rows])
    assert len(found) == 20 * 7
    ours = sum(abs(cents - sold[place]) for place, (cents, _) in found.items())
    naive = sum(abs(sold[shop, at - timedelta(days=7)] - sold[shop, at]) for shop, at in found)
    assert ours < 0.9 * naive
