"""From captured files to SLIM: whatever way the events came, the rows are the same."""

import hashlib
import hmac
from datetime import date

import pytest
import world as worlds
from conftest import run_task
from payme_lake import columns, jobs, slim, staging
from payme_lake.tables import LAYERS, SCORED, Tables
from pyspark.errors import StreamingQueryException

import local


def rows(tables, name):
    return sorted(tables.read(name).collect(), key=str)


def events(tables):
    """Of an event that came twice, either place is as good."""
    return sorted(tables.read("refined").drop("file", "sequence_number").collect(), key=str)


class Stopped(Exception):
    pass


class Unlucky(Tables):
    """Stops in the middle of the second batch: its events are kept, and it is not noted as done."""

    batches = 0

    def add(self, name, rows):
        super().add(name, rows)
        if name == "refined":
            self.batches += 1
            if self.batches == 2:
                raise Stopped


@pytest.fixture(scope="module")
def streamed(spark, world, tmp_path_factory):
    """The tables, made by a stream: stopped in the middle, and again after more came late."""
    folder, lake = tmp_path_factory.mktemp("streamed"), tmp_path_factory.mktemp("stream")
    where, checkpoint = f"{lake}/{{layer}}", f"{lake}/bronze/_checkpoint"
    world.capture(folder)
    with pytest.raises(StreamingQueryException):
        jobs.refine(spark, str(folder), Unlucky(spark, where), checkpoint, local.KEY, 6)
    tables = Tables(spark, where)
    tables.kept_when_stopped = tables.read("refined").count()
    jobs.refine(spark, str(folder), tables, checkpoint, local.KEY, 6)
    tables.before = slim.shop_day(staging.transfers(tables.read("refined"))).collect()
    world.capture_late(folder)
    worlds.spoil(folder)
    run_task("refine", folder, tables)
    # As after the loss of a checkpoint: every file comes again.
    jobs.refine_anew(spark, str(folder), tables, local.KEY)
    jobs.stage(tables)
    jobs.slim(tables)
    return tables


def test_a_stream_that_was_stopped_has_the_rows_of_one_batch_in_every_table(batch, streamed):
    assert 0 < streamed.kept_when_stopped < batch.read("refined").count()
    assert events(streamed) == events(batch)
    for name in LAYERS.keys() - {"refined", "forgotten", *SCORED}:
        assert rows(streamed, name) == rows(batch, name), name
        assert rows(batch, name), name


def test_an_event_of_an_earlier_day_changes_that_day_and_no_other(streamed):
    before, after = set(streamed.before), set(rows(streamed, "shop_day"))
    assert {row["day"] for row in before ^ after} == {date(2026, 11, 21)}
    changed = sorted(before ^ after, key=lambda row: row["in_cents"])
    assert [row["in_cents"] - changed[0]["in_cents"] for row in changed] == [0, 77_77]


def test_an_event_that_came_twice_counts_once(world, batch):
    told = [body for bodies in world.bodies.values() for body in bodies]
    assert len(told) > len(set(told)) + 20
    assert batch.read("transfers").count() == len(world.moved)
    ids = [row["event_id"] for row in batch.read("refined").select("event_id").collect()]
    assert len(ids) == len(set(ids))


def test_older_and_newer_forms_of_a_version_are_both_read(world, batch):
    found = {row["transfer_id"]: row for row in rows(batch, "transfers")}
    old, newer = (found[event["data"]["operation_id"]] for event in (world.old, world.newer))
    assert (old["amount_cents"], old["fee_cents"], old["tip_cents"]) == (1_00, 0, 0)
    assert newer["amount_cents"] == 2_00


def test_what_is_wrong_is_in_quarantine_with_its_reason_and_place(world, batch):
    found = batch.read("quarantine").where("sequence_number is not null").collect()
    assert sorted(row["reason"] for row in found) == world.wrong
    assert {row["hub"] for row in found} == {"payments"}
    assert all(row["place"] == f"{row['file']}#{row['sequence_number']}" for row in found)


def test_a_broken_file_is_in_quarantine_by_name_and_one_without_events_is_not(batch):
    found = batch.read("quarantine").where("sequence_number is null").collect()
    place = "payme/social/0/2026/11/24/00"
    assert [row["file"] for row in found] == [f"{place}/01/00.avro"]
    assert found[0]["reason"].startswith("not-avro: ")
    files = {row["file"]: row for row in rows(batch, "files")}
    assert files[f"{place}/03/00.avro"]["events"] == 0
    assert not any(".aside" in name for name in files)


def test_no_text_and_no_id_of_a_person_comes_further_than_the_files(world, batch):
    for name in LAYERS.keys() - {"forgotten", *SCORED}:
        text = str(rows(batch, name))
        assert worlds.TEXT_OF_A_PERSON not in text and "usr_" not in text, name
    person = world.people[0]
    digest = hmac.new(local.KEY, person.encode(), hashlib.sha256).hexdigest()
    found = {row["person_id"] for row in batch.read("wallets").collect()}
    assert f"psn_{digest[:32]}" in found and len(found) == len(world.people)


def test_a_history_has_each_version_until_the_next(world, batch):
    found = batch.read("people_history").orderBy("person_id", "version").collect()
    assert len(found) == 2 * len(world.people)
    for first, second in zip(found[::2], found[1::2]):
        assert (first["version"], first["language"], first["is_current"]) == (1, "en", False)
        assert first["valid_to"] == second["valid_from"] > first["valid_from"]
        assert (second["language"], second["valid_to"], second["is_current"]) == (
            "zh-Hant", None, True)


def test_requests_end_as_they_were_told_to(batch):
    asked = batch.read("payment_requests")
    assert {row["status"] for row in asked.select("status").distinct().collect()} == {"paid"}
    current = batch.read("money_requests_history").where("is_current")
    assert {row["status"] for row in current.collect()} == {"paid"}


def test_a_load_that_breaks_a_promise_is_not_written(spark, batch):
    good = batch.read("transfers")
    assert columns.hold("transfers", good) is good
    spoilt = {
        "amount_cents > 0": "if(kind = 'refund', 0L, amount_cents) as amount_cents",
        "refunded_payment_id is null": "'payment' as kind",
        "day is not null": "cast(null as date) as day",
    }
    for told, change in spoilt.items():
        name = change.rsplit(" ", 1)[1]
        bad = good.selectExpr(*(change if one == name else one for one in good.columns))
        with pytest.raises(columns.BadLoad, match=told):
            columns.hold("transfers", bad)
    with pytest.raises(columns.BadLoad, match="rows too many of a key"):
        columns.hold("transfers", good.unionByName(good))
    with pytest.raises(columns.BadLoad, match="columns are"):
        columns.hold("transfers", good.drop("fee_cents"))


def test_every_table_of_slim_is_described(batch):
    described = {name: table for name, table in columns.TABLES.items() if name not in SCORED}
    assert slim.TABLES.keys() <= described.keys() <= slim.TABLES.keys() | staging.TABLES.keys()
    for name, table in described.items():
        assert [column.name for column in table.columns] == batch.read(name).columns
        assert all(c.meaning and c.unit and c.source for c in table.columns)
