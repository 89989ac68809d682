"""To the cent, and to the file."""

import shutil
from collections import Counter
from pathlib import Path

import pytest
import world as worlds
from conftest import run_task
from payme_lake import books, capture, jobs, refine
from payme_lake.person_token import token_of
from pyspark.sql import functions as F

import local


def files(spark, folder):
    return refine.files(capture.read(capture.batch_source(spark, str(folder))))


def ledger(world):
    """Of the events as they were made up, before anything was captured."""
    return books.ledger(map(worlds.encode, world.moved), local.KEY)


def test_the_sums_of_each_account_and_day_are_those_of_the_made_up_events(world, batch):
    second = ledger(world)
    told = books.differences(batch.read("person_day"), batch.read("shop_day"), second)
    assert told == []
    total = sum(event["data"]["amount"] for event in world.moved
                if event["data"]["to"]["type"] in ("user", "business"))
    assert sum(three[0] for three in second.values()) == total > 0


def test_the_proof_of_the_job_finds_what_is_wrong_with_files_and_nothing_with_sums(
    world, batch, captured
):
    with pytest.raises(jobs.Unproven) as error:
        run_task("prove", captured, batch)
    told = str(error.value).splitlines()
    kinds = Counter(line.split(":")[0] for line in told)
    assert kinds == {"broken": 1, "unread": 1, "quarantined": len(world.wrong)}, told
    place = "payme/social/0/2026/11/24/00"
    assert any(line.startswith(f"broken: {place}/01/00.avro: not-avro") for line in told)
    assert any(line.startswith(f"unread: {place}/02/00.avro: ") for line in told)


def test_a_cent_that_is_wrong_is_found_by_account_and_day(world, batch):
    person = token_of(world.people[3], local.KEY)
    people = batch.read("person_day")
    day = people.where(F.col("person_id") == person).agg(F.min("day")).first()[0]
    here = (F.col("person_id") == person) & (F.col("day") == day)
    wrong = people.withColumn("out_cents", F.col("out_cents") + here.cast("bigint"))
    told = books.differences(wrong, batch.read("shop_day"), ledger(world))
    assert len(told) == 1 and told[0].startswith(f"{person} on {day}: out is "), told


def test_a_lost_file_is_found_by_its_neighbours_and_its_sums(spark, world, copy):
    lost = worlds.place(copy, "payments", 1, 1)
    gone = capture.events_of(lost.read_bytes())
    lost.unlink()
    told = [line for line in books.file_findings(files(spark, copy)) if "broken" not in line]
    day = "payme/payments/1/2026/11/24/00"
    assert told == [f"lost: sequence {gone[0][0]} to {gone[-1][0]}, "
                    f"after {day}/00/00.avro and before {day}/02/00.avro"]
    second = books.ledger(
        books.bodies_of_files((str(p), p.read_bytes()) for p in Path(copy).glob("payme/**/*.avro")),
        local.KEY,
    )
    assert second != ledger(world)


def test_a_doubled_file_is_found_by_both_names(spark, copy):
    file = worlds.place(copy, "payments", 0, 1)
    shutil.copy(file, file.with_name("30.avro"))
    told = [line for line in books.file_findings(files(spark, copy)) if "broken" not in line]
    day = "payme/payments/0/2026/11/24/00"
    assert told == [f"doubled: {day}/01/30.avro has again what {day}/01/00.avro has"]
