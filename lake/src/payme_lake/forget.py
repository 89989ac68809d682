"""Forgetting people: in captured files, in `refined`, and in all that is made of it.

Their money stays, as that of one account of all who were forgotten. What is kept of them is a keyed
digest, by which an event that comes later is made the same before anybody reads it.
"""

import io
import json
import re
from dataclasses import dataclass
from functools import lru_cache

import fastavro
import pandas
from pyspark.sql import functions as F
from pyspark.sql.types import StructType

from . import capture, storage
from .contracts import CONTRACTS, FORGOTTEN_KIND
from .person_token import FORGOTTEN, FORGOTTEN_TOKEN, digest_of, token_of

# Also where a letter follows: what is found within a longer word is taken out of it.
ID = re.compile(rb"usr_[0-9a-hjkmnp-tv-z]{26}")
# Of the envelope: its subject may be the person, its trace leads to what they did.
KEPT_OF_ENVELOPE = ("specversion", "id", "source", "type", "time")
SCANNED = "file string, has_forgotten boolean, error string"


class Unreadable(Exception):
    """Files that nobody can say of whom they tell: nothing was forgotten."""


@lru_cache(100_000)
def _digest_of(person, key):
    return digest_of(token_of(person.decode(), key), key)


def _names(struct):
    """What a contract keeps, by name; of a struct what that keeps."""
    return {
        field.name: _names(field.dataType) if isinstance(field.dataType, StructType) else None
        for field in struct
    }


def _kept(data, names):
    if not isinstance(data, dict):
        return data
    return {
        name: data[name] if inner is None else _kept(data[name], inner)
        for name, inner in names.items() if name in data
    }


@dataclass(frozen=True)
class Forgetting:
    """Who was forgotten, by their digests, and what of an event with them may stay."""

    digests: frozenset
    key: bytes
    names: dict

    @classmethod
    def of(cls, digests, key):
        fields = {c.kind: _names(StructType.fromDDL(c.fields)) for c in CONTRACTS}
        return cls(frozenset(digests), key, fields)

    def has_token(self, token):
        return token is not None and digest_of(token, self.key) in self.digests

    def people_in(self, text):
        return {one for one in set(ID.findall(text)) if _digest_of(one, self.key) in self.digests}

    def body(self, body):
        """The same, if nobody of them is in it; otherwise with what the lake reads, and no more."""
        people = self.people_in(body)
        if not people:
            return body
        try:
            return self._without(people, body)
        except Exception:  # What nobody can read: no JSON, too deep, no text.
            return b"{}"

    def _without(self, people, body):
        event = json.loads(body)
        kind, data = event.get("type"), event.pop("data", None)
        names = self.names.get(kind)
        event = {name: event[name] for name in KEPT_OF_ENVELOPE if name in event}
        data = {} if names is None else _kept(data, names)
        if kind in OF_ONE:
            event["type"], data = FORGOTTEN_KIND, {}
        text = json.dumps(event | {"data": data}, ensure_ascii=False)
        for person in people:
            text = text.replace(person.decode(), FORGOTTEN)
        return text.encode(errors="replace")  # Half a character is no reason to lose money.

    def is_in(self, record):
        """Whether somebody is in it: in its body, or in properties, as their key or the trace."""
        rest = {name: value for name, value in record.items() if name != "Body"}
        return bool(self.people_in(record["Body"] or b"") or self.people_in(repr(rest).encode()))

    def content(self, content):
        """A captured file without them, its sequence numbers as they were; None if that is it."""
        reader = fastavro.reader(io.BytesIO(content))
        records, is_changed = [], False
        for record in reader:
            if self.is_in(record):
                cleaned = self.body(record["Body"] or b"")
                record |= {"Body": cleaned, "SystemProperties": {}, "Properties": {}}
                is_changed = True
            records.append(record)
        if not is_changed:
            return None
        out = io.BytesIO()
        fastavro.writer(out, reader.writer_schema, records, codec=reader.codec)
        return out.getvalue()


# An event about one person and nobody else says nothing more once that one is forgotten.
OF_ONE = frozenset(contract.kind for contract in CONTRACTS if contract.people == ("user_id",))


def scan(files, forgetting):
    """Which of the files have somebody who is forgotten, and which cannot be read."""

    def look(batches):
        for batch in batches:
            rows = []
            for path, content in zip(batch["path"], batch["content"]):
                try:
                    records = fastavro.reader(io.BytesIO(content))
                    # All of it, even after the first: what follows may be broken.
                    row = (path, sum(map(forgetting.is_in, records)) > 0, None)
                except Exception as error:  # as in `capture.rows_of`
                    row = (path, None, type(error).__name__)
                rows.append(row)
            yield pandas.DataFrame(rows, columns=["file", "has_forgotten", "error"], dtype=object)

    return files.select("path", "content").mapInPandas(look, SCANNED)


def find_files(spark, captured, forgetting):
    """The captured files with somebody who is forgotten. None if one is broken: it may have them
    too, and nobody could say so.
    """
    storage.recover(spark, captured)
    found = scan(capture.batch_source(spark, captured), forgetting)
    found = found.where("has_forgotten or error is not null").collect()
    broken = sorted(row["file"] for row in found if row["error"])
    if broken:
        raise Unreadable("; ".join(broken))
    return [row["file"] for row in found]


def clean_files(spark, paths, forgetting):
    """Writes these anew, one after the other: there are few, and each has up to 300 MB."""
    for path in sorted(paths):
        row = spark.read.format("binaryFile").load(path).select("content").first()
        cleaned = forgetting.content(bytes(row["content"]))
        if cleaned is not None:
            storage.replace(spark, path, cleaned)


def clean_refined(refined, forgetting):
    """The same events with the account of all who were forgotten, and none about one of them."""

    # In Python, not in SQL: a plan shows its literals.
    @F.pandas_udf("string")
    def hidden(tokens: pandas.Series) -> pandas.Series:
        return tokens.map(lambda token: FORGOTTEN_TOKEN if forgetting.has_token(token) else token)

    for contract in CONTRACTS:
        data = F.col(contract.column)
        if contract.kind in OF_ONE:
            stays = hidden(data["user_id"]) != FORGOTTEN_TOKEN
            refined = refined.where(data.isNull() | stays)
            continue
        cleaned = data
        for place in contract.people:
            cleaned = cleaned.withField(place, hidden(F.col(f"{contract.column}.{place}")))
        refined = refined.withColumn(contract.column, F.when(data.isNotNull(), cleaned))
    return refined
