"""What people look at: scores, charts, and the views of analysts, who see what they may."""

import shutil
import xml.etree.ElementTree as xml
from collections import Counter
from pathlib import Path

import pytest
from conftest import run_task
from payme_lake import charts, columns, jobs, model, views
from payme_lake.tables import Tables

import local


@pytest.fixture(scope="module")
def lake(spark, captured, batch, tmp_path_factory):
    """The world's lake, scored by what two towns taught, and published."""
    folder = tmp_path_factory.mktemp("published")
    for name in ("bronze", "silver", "gold"):
        shutil.copytree(batch.where.format(layer=name), folder / name)
    tables = Tables(spark, f"{folder}/{{layer}}")
    belong(spark, "nobody")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(model, "TRAINING_SEEDS", (11,))
        patch.setattr(model, "VALIDATION_SEEDS", (21,))
        run_task("score", captured, tables)
    run_task("publish", captured, tables, "--catalog=spark_catalog")
    return tables


def belong(spark, group):
    """Whoever asks is in that group, as Databricks' own function would say."""
    spark.sql("create or replace function default.is_account_group_member(name string)"
              f" returns boolean return name = '{group}'")


def test_each_day_of_a_person_has_a_score(lake):
    scores, days = lake.read("person_score"), lake.read("person_day")
    assert columns.hold("person_score", scores) is scores
    keys = [sorted((row["person_id"], row["day"]) for row in rows.collect())
            for rows in (scores, days)]
    assert keys[0] == keys[1] and keys[0]
    cut = lake.read("score_cut_off").first()
    for row in scores.collect():
        assert row["is_alert"] == (row["score"] > cut["cut_off"])
        assert row["trained_at"] == cut["trained_at"]


def test_a_second_run_scores_by_the_same_model(spark, lake):
    before = sorted(lake.read("person_score").collect(), key=str)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(model, "learn", None)
        jobs.score(spark, lake)
    assert sorted(lake.read("person_score").collect(), key=str) == before


def test_the_page_has_each_chart_and_nobodys_id(lake):
    path = Path(lake.where.format(layer="gold"), "_charts/index.html")
    page = path.read_text()
    assert "psn_" not in page and "usr_" not in page and "biz_" not in page
    body = xml.fromstring(page.split("\n", 1)[1].replace('<meta charset="utf-8">', "")).find("body")
    assert [title.text for title in body.iter("h2")] == [*charts.CHARTS]
    assert len([*body.iter("svg")]) == len(charts.CHARTS)
    for line in body.iter("polyline"):
        assert len(line.get("points").split()) > 1


def test_the_charts_say_what_was_told(world, lake):
    found = charts.figures(lake)
    moved = [event["data"] for event in world.moved]
    paid = sum(one["amount"] for one in moved if one["kind"] == "payment")
    told = found["Volume, HK$ a day"]
    assert round(100 * sum(row["paid to shops"] for row in told)) == paid
    assert [row["day"] for row in told] == sorted(row["day"] for row in told)
    banks = Counter()
    for one in moved:
        banks["from"] += one["amount"] * (one["from"]["type"] == "bank")
        banks["to"] += one["amount"] * (one["to"]["type"] == "bank")
    held = found["Float: what came from banks less what went to them, HK$"][-1]["held"]
    assert round(100 * held) == banks["from"] - banks["to"]
    # A request of the world is paid a minute after it was made.
    for row in found["From a request to its payment, seconds"]:
        assert row["half of them by"] == row["95 % of them by"] == 60
    assert {row["paid, of those that ended"] for row in
            found["Requests of shops that were paid, %"]} == {100}


def asked(spark, name):
    return spark.sql(f"select * from analysts.{name}").collect()


def test_an_analyst_sees_no_person_and_no_shop_of_few_customers(spark, lake):
    belong(spark, "lake-analysts")
    for name in views.VIEWS:
        assert "psn_" not in str(asked(spark, name)), name
    for name in ("person_day", "edge", "person_score"):
        assert asked(spark, name) == [], name
    assert {row["payer_id"] for row in asked(spark, "payment")} == {None}
    days = asked(spark, "shop_day")
    assert 0 < len(days) < lake.read("shop_day").count()
    assert min(row["payers"] for row in days) >= views.FEW
    told = sum(row["sold_cents"] for row in lake.read("shop_day").collect())
    assert sum(row["sold_cents"] for row in asked(spark, "day")) == told


def test_who_looks_into_cases_sees_all_of_it(spark, lake):
    belong(spark, "lake-cases")
    for name in views.VIEWS.keys() - {"day"}:
        assert sorted(asked(spark, name), key=str) == sorted(
            lake.read(name).collect(), key=str), name


def test_a_forgotten_persons_scores_are_gone(spark, world, captured, lake, tmp_path):
    from payme_lake.person_token import token_of

    folder = shutil.copytree(captured, tmp_path / "captured")
    (folder / "payme/social/0/2026/11/24/00/01/00.avro").unlink()
    person, before = world.people[1], lake.read("person_score").count()
    token = token_of(person, local.KEY)
    own = lake.read("person_score").where(f"person_id = '{token}'").count()
    jobs.forget(spark, str(folder), lake, [person], local.KEY)
    assert lake.read("person_score").count() == before - own < before
    for path in Path(lake.where.format(layer="gold"), "person_score").rglob("*"):
        assert not path.is_file() or token.encode() not in path.read_bytes(), path
