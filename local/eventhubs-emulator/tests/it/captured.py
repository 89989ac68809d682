"""What is in captured files, a line for each event: captured.py FOLDER-OR-FILE "FIELD FIELD"."""

import sys
from pathlib import Path

import fastavro

place, fields = Path(sys.argv[1]), sys.argv[2].split()
# As Spark does, names that begin with a dot are passed by.
paths = [place] if place.is_file() else sorted(place.glob("[!.]*/**/*.avro"))
for path in paths:
    with path.open("rb") as file:
        for event in fastavro.reader(file):
            values = [event[field] for field in fields]
            told = [dict(sorted(v.items())) if isinstance(v, dict) else v for v in values]
            print(event["SequenceNumber"], *map(repr, told))
