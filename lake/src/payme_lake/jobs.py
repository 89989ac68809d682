"""What the job's tasks run, each a function of a session, where things are, and the key of tokens:
refine → stage → slim → prove. The commands of the same name read these from their arguments.
"""

import argparse
import os
import time

from pyspark.sql import SparkSession

from . import books, capture, columns, refine as refining, slim as slims, staging
from .tables import LAYERS, Tables

KEY_SETTING = "LAKE_PERSON_KEY"
# A file has up to 300 MB: so many at once fit a worker, and a run that is stopped loses so many.
FILES_PER_TRIGGER = 50


class Unproven(Exception):
    """The sums differ, or a file is lost, doubled, unread or broken."""


def keep_refined(rows, tables, key):
    """Adds what is new in the rows of captured files."""
    rows = rows.persist()
    judged = refining.judge(rows, key).persist()
    tables.add("refined", refining.good(judged))
    tables.add("quarantine", refining.quarantine(judged))
    tables.add("files", refining.files(rows))
    judged.unpersist()
    rows.unpersist()


def refine(spark, captured, tables, checkpoint, key, files_per_trigger=FILES_PER_TRIGGER):
    """Reads the files that have come since the last run. A batch that was stopped comes again."""
    rows = capture.read(capture.stream_source(spark, captured, files_per_trigger))

    def add(batch, _number):
        keep_refined(batch, tables, key)

    stream = rows.writeStream.foreachBatch(add).option("checkpointLocation", checkpoint)
    stream.trigger(availableNow=True).start().awaitTermination()


def refine_anew(spark, captured, tables, key):
    """The same from all files at once, for tables that are to be made again."""
    keep_refined(capture.read(capture.batch_source(spark, captured)), tables, key)


def stage(tables):
    refined = tables.read("refined")
    for name, table in staging.TABLES.items():
        tables.replace(name, columns.hold(name, table(refined)))


def slim(tables):
    transfers = tables.read("transfers").persist()
    for name, table in slims.TABLES.items():
        tables.replace(name, columns.hold(name, table(transfers)))
    transfers.unpersist()


def prove(spark, captured, tables, key):
    """What is wrong with the files and the sums, in words."""
    files = tables.read("files").persist()
    contents = books.captured(spark, captured, files)
    second = books.ledger(books.bodies_of_files(contents), key)
    sums = books.differences(tables.read("person_day"), tables.read("shop_day"), second)
    quarantine = books.quarantine_findings(tables.read("quarantine"))
    unread = books.unread_findings(capture.listed(spark, captured), files)
    return books.file_findings(files) + unread + quarantine + sums


def _arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--captured", required=True, help="where Capture writes")
    parser.add_argument("--tables", required=True, help="where tables are, with {layer} in it")
    return parser.parse_args()


def _session():
    spark = SparkSession.builder.getOrCreate()
    spark.conf.set("spark.sql.session.timeZone", "UTC")
    return spark


def _key():
    key = os.environ[KEY_SETTING].encode()
    if len(key) < 32:
        raise ValueError(f"{KEY_SETTING} has fewer than 32 bytes")
    return key


def refine_task():
    arguments, spark = _arguments(), _session()
    tables = Tables(spark, arguments.tables)
    checkpoint = f"{arguments.tables.format(layer='bronze')}/_checkpoint"
    refine(spark, arguments.captured, tables, checkpoint, _key())


def stage_task():
    stage(Tables(_session(), _arguments().tables))


def slim_task():
    slim(Tables(_session(), _arguments().tables))


def prove_task():
    arguments, spark = _arguments(), _session()
    told = prove(spark, arguments.captured, Tables(spark, arguments.tables), _key())
    if told:
        raise Unproven("\n".join(told))


def report(tables, seconds):
    """A line for each table: layer, name, rows; and one for each step with its seconds."""
    for name, layer in LAYERS.items():
        print(f"{layer:<8} {name:<24} {tables.read(name).count():>8} rows")
    for step, taken in seconds.items():
        print(f"{step:<8} {taken:>6.1f} s")


def run_all(spark, captured, tables, checkpoint, key):
    """All steps, and how long each took; what `prove` found."""
    seconds, told = {}, []
    steps = {
        "refine": lambda: refine(spark, captured, tables, checkpoint, key),
        "stage": lambda: stage(tables),
        "slim": lambda: slim(tables),
        "prove": lambda: told.extend(prove(spark, captured, tables, key)),
    }
    for name, step in steps.items():
        began = time.monotonic()
        step()
        seconds[name] = time.monotonic() - began
    return seconds, told
