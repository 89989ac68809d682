"""Reading what Event Hubs Capture wrote, a file as a whole: a broken one is told by its name, and
stops none of the others. (Spark's own Avro source either fails as a whole or passes it by.)
"""

import io
import re
from operator import index

import fastavro
import pandas

# {Namespace}/{EventHub}/{PartitionId}/{Year}/{Month}/{Day}/{Hour}/{Minute}/{Second}.avro
PLACE = re.compile(r"[^/]+/([^/]+)/(\d+)/\d{4}/\d\d/\d\d/\d\d/\d\d/\d\d\.avro$")

# What forgetting leaves of somebody, and nobody's text: there the quotes would be escaped.
MARK = re.compile(
    rb'"(?:id|user_id|owner_user_id)": "usr_forgotten"|"type": "payme\.lake\.forgotten\.v1"'
)

# A row for each event; one without an event for a file that has none, with an error if broken.
ROWS = """file string, hub string, partition int, sequence_number bigint, body binary,
          error string, has_forgotten boolean"""
COLUMNS = ("file", "hub", "partition", "sequence_number", "body", "error", "has_forgotten")


def events_of(content):
    """The sequence number and body of each event of a file, or an error that says what is wrong."""
    reader = fastavro.reader(io.BytesIO(content))
    return [(index(event["SequenceNumber"]), bytes(memoryview(event["Body"] or b"")))
            for event in reader]


def rows_of(path, content, forgetting=None):
    place = PLACE.search(path)
    if place is None:
        return [(path, None, None, None, None, "not-a-capture-path", False)]
    file, hub, partition = place[0], place[1], int(place[2])
    try:
        events = events_of(content)
    except Exception as error:  # whatever an Avro reader makes of bytes that are none
        return [(file, hub, partition, None, None, f"not-avro: {type(error).__name__}", False)]
    rows = []
    for number, body in events:
        kept = forgetting.body(body) if forgetting else body
        is_of_one = kept != body if forgetting else MARK.search(body) is not None
        rows.append((file, hub, partition, number, kept, None, is_of_one))
    return rows or [(file, hub, partition, None, None, None, False)]


def read(files, forgetting=None):
    """`files` has a path and content for each capture file, as the source `binaryFile` gives it.
    Who is forgotten is not in what it gives, though they are still in a file.
    """

    def decode(batches):
        for batch in batches:
            for path, content in zip(batch["path"], batch["content"]):
                rows = rows_of(path, content, forgetting)
                yield pandas.DataFrame(rows, columns=list(COLUMNS), dtype=object)

    return files.select("path", "content").mapInPandas(decode, ROWS)


def listed(spark, folder):
    """The names of all files; reading passes those by that have no bytes."""
    paths = batch_source(spark, folder).inputFiles()
    return sorted(match[0] for match in map(PLACE.search, paths) if match)


def batch_source(spark, folder):
    return _source(spark.read, folder)


def stream_source(spark, folder, files_per_trigger=1000):
    reader = spark.readStream.schema(
        "path string, modificationTime timestamp, length bigint, content binary"
    )
    return _source(reader.option("maxFilesPerTrigger", files_per_trigger), folder)


def _source(reader, folder):
    options = {"recursiveFileLookup": "true", "pathGlobFilter": "*.avro"}
    return reader.format("binaryFile").options(**options).load(folder)
