"""What the job's tasks run, each a function of a session, where things are, and the key of tokens:
forget → refine → stage → slim → prove and score → publish. The commands of the same name read these
from their arguments.
"""

import argparse
import os
import re
import time

from pyspark.ml import PipelineModel
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from . import books, capture, charts, columns, features, forget as forgets, model
from . import refine as refining, slim as slims, staging, storage, views
from .person_token import digest_of, token_of
from .tables import LAYERS, Tables

KEY_SETTING = "LAKE_PERSON_KEY"
# A file has up to 300 MB: so many at once fit a worker, and a run that is stopped loses so many.
FILES_PER_TRIGGER = 50
PERSON_ID = re.compile(r"usr_[0-9a-hjkmnp-tv-z]{26}")


class ListLost(Exception):
    """Captured files were written without somebody, and nobody knows any more without whom."""


class Unproven(Exception):
    """The sums differ, or a file is lost, doubled, unread or broken."""


def forget(spark, captured, tables, people, key):
    """No file of the lake has these people any more. What was stopped goes on, by their digests."""
    digests = {digest_of(token_of(person, key), key) for person in people}
    if tables.exists("forgotten"):
        stopped = tables.read("forgotten").where("done_at is null")
        digests |= {row["digest"] for row in stopped.collect()}
    if not digests:
        return
    forgetting = forgets.Forgetting.of(digests, key)
    paths = forgets.find_files(spark, captured, forgetting)
    asked = spark.createDataFrame([(digest,) for digest in sorted(digests)], "digest string")
    tables.add("forgotten", asked.selectExpr(
        "digest", "current_timestamp() as asked_at", "cast(null as timestamp) as done_at"))
    # Also of whom it was done once: who is asked for again may be in a file again.
    note_done(tables, digests, "null")
    forgets.clean_files(spark, paths, forgetting)
    if tables.exists("refined"):
        made = [name for name in LAYERS if name != "forgotten" and tables.exists(name)]
        for name in made:
            tables.quieten(name)
        tables.replace("refined", forgets.clean_refined(tables.read("refined"), forgetting))
        stage(tables)
        slim(tables)
        if "person_score" in made:
            keep_scores(tables)
        for name in made:
            tables.drop_versions(name)
    note_done(tables, digests, "current_timestamp()")


def keep_scores(tables):
    """Those of days that are still somebody's."""
    scores = tables.read("person_score")
    days = tables.read("person_day").select("person_id", "day")
    tables.replace("person_score", scores.join(days, ["person_id", "day"], "left_semi"))


def note_done(tables, digests, moment):
    is_one = F.col("digest").isin([*digests])
    done_at = F.when(is_one, F.expr(moment)).otherwise(F.col("done_at")).cast("timestamp")
    tables.replace("forgotten", tables.read("forgotten").withColumn("done_at", done_at))


def forgotten(tables, key):
    """Who was forgotten; None if nobody was."""
    if not tables.exists("forgotten"):
        return None
    digests = [row["digest"] for row in tables.read("forgotten").collect()]
    return forgets.Forgetting.of(digests, key) if digests else None


def keep_refined(rows, tables, key, captured, forgetting):
    """Adds what is new in the rows of captured files. Files of late events with somebody who was
    forgotten are written without them first: from `files` on, a file is as it should be.
    """
    rows = rows.persist()
    if forgetting:
        late = rows.where("has_forgotten").select("file").distinct().collect()
        paths = [f"{captured.rstrip('/')}/{row['file']}" for row in late]
        forgets.clean_files(rows.sparkSession, paths, forgetting)
    elif rows.where("has_forgotten").first():
        raise ListLost(tables.path("forgotten"))
    judged = refining.judge(rows, key).persist()
    tables.add("refined", refining.good(judged))
    tables.add("quarantine", refining.quarantine(judged))
    tables.add("files", refining.files(rows))
    judged.unpersist()
    rows.unpersist()


def refine(spark, captured, tables, checkpoint, key, files_per_trigger=FILES_PER_TRIGGER):
    """Reads the files that have come since the last run. A batch that was stopped comes again, and
    the file that it was cleaning first: nobody would know of that one any more.
    """
    storage.recover(spark, captured)
    forgetting = forgotten(tables, key)
    rows = capture.read(capture.stream_source(spark, captured, files_per_trigger), forgetting)

    def add(batch, _number):
        keep_refined(batch, tables, key, captured, forgetting)

    stream = rows.writeStream.foreachBatch(add).option("checkpointLocation", checkpoint)
    stream.trigger(availableNow=True).start().awaitTermination()


def refine_anew(spark, captured, tables, key):
    """The same from all files at once, for tables that are to be made again."""
    storage.recover(spark, captured)
    forgetting = forgotten(tables, key)
    rows = capture.read(capture.batch_source(spark, captured), forgetting)
    keep_refined(rows, tables, key, captured, forgetting)


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
    storage.recover(spark, captured)
    files = tables.read("files").persist()
    contents = books.captured(spark, captured, files)
    second = books.ledger(books.bodies_of_files(contents), key)
    sums = books.differences(tables.read("person_day"), tables.read("shop_day"), second)
    quarantine = books.quarantine_findings(tables.read("quarantine"))
    unread = books.unread_findings(capture.listed(spark, captured), files)
    return books.file_findings(files) + unread + quarantine + sums


def score(spark, tables):
    """What the model says of each person's day, anew at each run: what comes late changes its own
    day. The first run teaches the model, from made-up towns. A model counts from its cut-off on,
    which is written last; delete that, and the next run teaches it again.
    """
    path = f"{tables.where.format(layer='gold')}/_model"
    if not tables.exists("score_cut_off"):
        taught, cut = model.learn(spark)
        taught.write().overwrite().save(path)
        known = spark.createDataFrame([(cut,)], "cut_off double")
        tables.replace("score_cut_off", known.withColumn("trained_at", F.current_timestamp()))
    known = tables.read("score_cut_off").first()
    days = features.person_days(tables.read("transfers"))
    rows = model.scores(PipelineModel.load(path), days).select(
        "person_id", "day", "score", (F.col("score") > known["cut_off"]).alias("is_alert"),
        F.lit(known["trained_at"]).alias("trained_at"))
    tables.replace("person_score", columns.hold("person_score", rows))


def draw(spark, tables):
    """The page of charts; where it is."""
    path = f"{tables.where.format(layer='gold')}/_charts/index.html"
    storage.replace(spark, path, charts.page(charts.figures(tables)).encode())
    return path


def publish(spark, tables, catalog):
    """The charts, and the views of analysts."""
    draw(spark, tables)
    spark.catalog.setCurrentCatalog(catalog)
    views.publish(spark, tables)


def people_of(text):
    """The ids of people in an argument, between commas."""
    people = [person for person in text.split(",") if person]
    if not all(PERSON_ID.fullmatch(person) for person in people):
        raise ValueError("what is to be forgotten is not the id of a person")
    return people


def _arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--catalog", help="where the views of analysts are")
    parser.add_argument("--forget", default="", help="ids of people, between commas")
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


def forget_task():
    arguments, spark = _arguments(), _session()
    tables, people = Tables(spark, arguments.tables), people_of(arguments.forget)
    forget(spark, arguments.captured, tables, people, _key())


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


def score_task():
    arguments, spark = _arguments(), _session()
    score(spark, Tables(spark, arguments.tables))


def publish_task():
    arguments, spark = _arguments(), _session()
    publish(spark, Tables(spark, arguments.tables), arguments.catalog)


def report(tables, seconds):
    """A line for each table: layer, name, rows; and one for each step with its seconds."""
    for name, layer in LAYERS.items():
        if tables.exists(name):
            print(f"{layer:<8} {name:<24} {tables.read(name).count():>8} rows")
    for step, taken in seconds.items():
        print(f"{step:<8} {taken:>6.1f} s")


def run_all(spark, captured, tables, checkpoint, key, people=()):
    """All steps but what the model says, and how long each took; what `prove` found."""
    seconds, told = {}, []
    steps = {
        "forget": lambda: forget(spark, captured, tables, people, key),
        "refine": lambda: refine(spark, captured, tables, checkpoint, key),
        "stage": lambda: stage(tables),
        "slim": lambda: slim(tables),
        "prove": lambda: told.extend(prove(spark, captured, tables, key)),
        "draw": lambda: draw(spark, tables),
    }
    for name, step in steps.items():
        began = time.monotonic()
        step()
        seconds[name] = time.monotonic() - began
    return seconds, told
