"""Nobody finds a person in the lake any more, and nobody's money is another."""

import io
import json
import shutil
from pathlib import Path

import fastavro
import pyarrow.parquet as parquet
import pytest
import world as worlds
from conftest import run_task
from payme_lake import books, capture, features, forget, jobs, refine, slim, staging, storage
from payme_lake.person_token import FORGOTTEN_TOKEN, digest_of, token_of
from payme_lake.tables import Tables
from pyspark.errors import StreamingQueryException
from pyspark.sql import functions as F

import local

def texts(path):
    """What a file says, however it is packed; what cannot be unpacked, as it is."""
    content = path.read_bytes()
    yield content.decode(errors="replace")
    if path.suffix == ".avro" and len(content) > 100:
        records = list(fastavro.reader(io.BytesIO(content)))
        yield str(records)
        yield from ((record["Body"] or b"").decode(errors="replace") for record in records)
    elif path.suffix == ".parquet":
        yield str(parquet.read_table(path).to_pylist()) + str(parquet.read_metadata(path))


def found(text, *folders):
    return {
        str(path) for folder in folders for path in Path(folder).rglob("*")
        if path.is_file() and any(text in part for part in texts(path))
    }


@pytest.fixture
def person(world):
    return world.people[1]


@pytest.fixture
def lake(spark, captured, batch, tmp_path):
    """A copy of the world's lake, whose broken file was mended."""
    for name in ("bronze", "silver", "gold"):
        shutil.copytree(batch.where.format(layer=name), tmp_path / name)
    folder = shutil.copytree(captured, tmp_path / "captured")
    (folder / "payme/social/0/2026/11/24/00/01/00.avro").unlink()
    return folder, Tables(spark, f"{tmp_path}/{{layer}}"), tmp_path


class Stopped(Exception):
    pass


class Unlucky(Tables):
    """Stops when `refined` is clean, and nothing that is made of it."""

    def replace(self, name, rows):
        super().replace(name, rows)
        if name == "refined":
            raise Stopped


def tell_late(world, folder, person):
    """Events of that person which come after all others."""
    at = worlds.FIRST_DAY
    moved = world.event("payme.payments.money-moved.v1", "pay_late", at, {
        "operation_id": "pay_0" + "1" * 25, "from": worlds.side("user", person),
        "to": worlds.side("business", world.shops[0]), "amount": 55_55,
        "moved_at": worlds.stamp(at), "fee": 0})
    registered = world.event("payme.auth.user-registered.v1", person, at, {"user_id": person})
    path = worlds.place(folder, "payments", 0, 59).with_name("30.avro")
    before = len(world.bodies["payments", 0]) + len(world.late)
    worlds.write(path, [worlds.encode(moved), worlds.encode(registered)], before)


def test_no_file_has_a_person_who_was_forgotten_and_all_money_stays(
    spark, world, captured, lake, person
):
    folder, tables, root = lake
    token, name = token_of(person, local.KEY), worlds.name_of(person)
    days = tables.read("person_day")
    of_them = sorted(days.where(F.col("person_id") == token).select(
        "day", "in_cents", "out_cents").collect())
    others = sorted(days.where(F.col("person_id") != token).collect(), key=str)
    rest = {name: sorted(tables.read(name).collect(), key=str) for name in ("shop_day", "files")}
    assert of_them and others and found(person, folder) and found(name, folder)
    assert all(found(token, root / layer) for layer in ("bronze", "silver", "gold"))

    with pytest.raises(Stopped):
        jobs.forget(spark, str(folder), Unlucky(spark, tables.where), [person], local.KEY)
    assert found(token, root / "gold") and found(token, root / "bronze")
    run_task("forget", folder, tables)  # Of nobody: who it was is known by digest.

    for text in (person, token, name):
        assert found(text, root) == set()
    days = tables.read("person_day")
    hidden = days.where(F.col("person_id") == FORGOTTEN_TOKEN)
    assert sorted(hidden.select("day", "in_cents", "out_cents").collect()) == of_them
    assert sorted(days.where(F.col("person_id") != FORGOTTEN_TOKEN).collect(), key=str) == others
    for name_of_table, rows in rest.items():
        assert sorted(tables.read(name_of_table).collect(), key=str) == rows
    told = jobs.prove(spark, str(folder), tables, local.KEY)
    # What was wrong with the world's files before, and nothing of sequences or sums.
    assert {line.split(": ")[0] for line in told} == {"broken", "quarantined", "unread"}, told

    tell_late(world, folder, person)
    assert len(found(person, root)) == len(found(name, root)) == 1
    run_task("refine", folder, tables)
    for text in (person, token, name):
        assert found(text, root) == set()
    transfers = staging.transfers(tables.read("refined")).persist()
    assert transfers.where("amount_cents = 5555").first()["from_id"] == FORGOTTEN_TOKEN
    contents = [(str(path), path.read_bytes()) for path in folder.rglob("*.avro")]
    second = books.ledger(books.bodies_of_files(contents), local.KEY)
    assert books.differences(slim.person_day(transfers), slim.shop_day(transfers), second) == []

    # From the files as they are now, all comes again as it was kept.
    anew = forget.Forgetting.of((), local.KEY)
    rows = capture.read(capture.batch_source(spark, str(folder)), anew)
    events = refine.good(refine.judge(rows, local.KEY)).drop("file", "sequence_number")
    kept = tables.read("refined").drop("file", "sequence_number")
    assert sorted(map(str, events.collect())) == sorted(map(str, kept.collect()))


def test_nothing_is_forgotten_while_a_file_is_broken(spark, captured, person, tmp_path):
    folder = shutil.copytree(captured, tmp_path / "captured")
    tables = Tables(spark, f"{tmp_path}/{{layer}}")
    with pytest.raises(forget.Unreadable, match="social/0/2026/11/24/00/01/00.avro$"):
        jobs.forget(spark, str(folder), tables, [person], local.KEY)
    assert not tables.exists("forgotten")


def test_a_file_is_whole_whenever_its_replacement_was_stopped(spark, tmp_path):
    path, aside = tmp_path / "a.avro", tmp_path / ("a.avro" + storage.ASIDE)
    path.write_bytes(b"old")
    aside.write_bytes(b"ne")
    storage.recover(spark, str(tmp_path))
    assert (path.read_bytes(), aside.exists()) == (b"old", False)
    path.rename(aside)
    storage.recover(spark, str(tmp_path))
    assert (path.read_bytes(), aside.exists()) == (b"old", False)
    storage.replace(spark, str(path), b"new" * 100_000)
    assert path.read_bytes() == b"new" * 100_000 and list(tmp_path.iterdir()) == [path]


def forget_in_advance(spark, tables, person):
    """As after a run that forgot them, when no file had them."""
    digest = digest_of(token_of(person, local.KEY), local.KEY)
    tables.add("forgotten", spark.sql(
        f"select '{digest}' digest, now() asked_at, cast(now() as timestamp) done_at"))


def test_a_late_file_is_read_though_its_cleaning_was_stopped(spark, world, person, tmp_path):
    folder, tables = tmp_path / "captured", Tables(spark, f"{tmp_path}/{{layer}}")
    forget_in_advance(spark, tables, person)
    tell_late(world, folder, person)
    late = next(folder.rglob("*.avro"))
    with pytest.MonkeyPatch.context() as patch:
        def stop(*_):
            raise Stopped

        patch.setattr(storage, "_move", stop)
        with pytest.raises(StreamingQueryException):
            run_task("refine", folder, tables)
    assert not late.exists()
    run_task("refine", folder, tables)
    assert late.exists() and found(person, tmp_path) == set()
    assert tables.read("files").count() == tables.read("refined").count() == 1

    shutil.rmtree(tables.path("forgotten"))
    with pytest.raises(jobs.ListLost, match="/forgotten$"):
        jobs.refine_anew(spark, str(folder), tables, local.KEY)


def test_a_table_that_kept_statistics_loses_them_and_who_is_asked_for_again_is_resumed(
    spark, world, person, tmp_path
):
    folder, tables = tmp_path / "captured", Tables(spark, f"{tmp_path}/{{layer}}")
    tell_late(world, folder, person)
    begins = token_of(person, local.KEY)[:30]  # A log has no more of a text than 32 characters.
    with pytest.MonkeyPatch.context() as patch:
        # As tables were once made; of one person the token is the least and the greatest.
        patch.setattr(Tables, "_statistics", staticmethod(lambda rows: {}))
        for name in ("refine", "stage", "slim"):
            run_task(name, folder, tables)
    for layer in ("silver", "gold"):
        assert any("_delta_log" in path for path in found(begins, tmp_path / layer))
    jobs.forget(spark, str(folder), tables, [person], local.KEY)
    assert found(begins, tmp_path) == set()
    jobs.stage(tables)
    for name in ("transfers", "payment", "refined"):
        logs = Path(tables.path(name), "_delta_log").glob("*.json")
        assert not any("psn_" in path.read_text() for path in logs), name

    stopped = tables.read("forgotten").where("done_at is null")
    assert stopped.count() == 0
    tell_late(world, folder, person)
    with pytest.raises(Stopped):
        jobs.forget(spark, str(folder), Unlucky(spark, tables.where), [person], local.KEY)
    assert tables.read("forgotten").where("done_at is null").count() == 1


def test_what_is_left_of_an_event_is_what_the_lake_reads(spark, person):
    other = "usr_0" + "m" * 25
    digest = digest_of(token_of(person, local.KEY), local.KEY)
    forgetting = forget.Forgetting.of({digest}, local.KEY)

    def left(kind, **data):
        event = worlds.golden(kind)
        event |= {"subject": person, "data": event["data"] | data}
        return json.loads(forgetting.body(worlds.encode(event)))

    untouched = worlds.encode(worlds.golden("payme.payments.money-moved.v1"))
    assert forgetting.body(untouched) is untouched
    moved = left("payme.payments.money-moved.v1", to=worlds.side("user", other), note="a note",
                 **{"from": worlds.side("user", person)})
    assert moved["data"]["from"] == {"type": "user", "id": "usr_forgotten"}
    assert moved["data"]["to"] == {"type": "user", "id": other}
    assert "note" not in moved["data"] and moved["data"]["amount"] == 12850
    assert moved.keys() == {"specversion", "id", "source", "type", "time", "data"}
    registered = left("payme.auth.user-registered.v1", user_id=person)
    assert (registered["type"], registered["data"]) == ("payme.lake.forgotten.v1", {})
    assert left("payme.messages.message-sent.v1")["data"] == {}
    for no_event in (b"\xff " + person.encode(), b"[" * 100_000 + person.encode(), b'["%s"]'):
        assert forgetting.body(no_event.replace(b"%s", person.encode())) == b"{}"
    event = worlds.golden("payme.payments.money-moved.v1")
    event["data"] |= {"from": worlds.side("user", person), "to": {"type": "\ud800", "id": other}}
    half = json.loads(forgetting.body(json.dumps(event).encode()))
    assert half["data"]["to"] == {"type": "?", "id": other}


def test_what_a_person_writes_is_no_mark_of_somebody_forgotten():
    for note in ('"id": "usr_forgotten"', "usr_forgotten", "payme.lake.forgotten.v1"):
        event = worlds.golden("payme.payments.money-moved.v1")
        event["data"]["note"] = note
        assert not capture.MARK.search(worlds.encode(event)), note


def test_an_event_without_bytes_spoils_its_file_and_no_other(tmp_path):
    schema = {"type": "record", "name": "E", "fields": [
        {"name": "SequenceNumber", "type": "long"}, {"name": "Body", "type": "string"}]}
    content = io.BytesIO()
    fastavro.writer(content, schema, [{"SequenceNumber": 1, "Body": "text"}])
    path = str(worlds.place(tmp_path, "payments", 0, 0))
    row = capture.rows_of(path, content.getvalue())[0]
    assert row[-2] == "not-avro: TypeError"


def test_sums_stay_when_two_who_paid_one_shop_are_forgotten(spark, world, tmp_path):
    bodies = []
    for person in [*world.people[1:4], world.people[1]]:
        moved = world.event("payme.payments.money-moved.v1", "pay", worlds.FIRST_DAY, {
            "operation_id": world.id("pay"), "from": worlds.side("user", person),
            "to": worlds.side("business", world.shops[0]), "amount": 10_00,
            "moved_at": worlds.stamp(worlds.FIRST_DAY), "fee": 15})
        bodies.append(worlds.encode(moved))
    path = worlds.place(tmp_path, "payments", 0, 0)
    worlds.write(path, bodies, 0)
    rows = spark.createDataFrame(capture.rows_of(str(path), path.read_bytes()), capture.ROWS)
    refined = refine.good(refine.judge(rows, local.KEY))
    both = [token_of(person, local.KEY) for person in world.people[1:3]]
    digests = {digest_of(token, local.KEY) for token in both}
    cleaned = forget.clean_refined(refined, forget.Forgetting.of(digests, local.KEY))

    plan = cleaned._jdf.queryExecution().toString()
    assert not any(token in plan for token in both)
    transfers = staging.transfers(cleaned).persist()
    before = slim.shop_day(staging.transfers(refined)).first().asDict()
    after = slim.shop_day(transfers).first().asDict()
    assert before["in_cents"] == 40_00
    assert (before.pop("payers"), after.pop("payers")) == (3, 2)
    assert before == after
    days = features.person_days(transfers).collect()
    assert [row["person_id"] for row in days] == [token_of(world.people[3], local.KEY)]


def test_only_the_ids_of_people_can_be_forgotten(person):
    assert jobs.people_of(f"{person},{person}") == [person, person]
    assert jobs.people_of("") == []
    for wrong in ("biz_0" + "1" * 25, person + "x", "usr_", person + ";"):
        with pytest.raises(ValueError):
            jobs.people_of(wrong)
