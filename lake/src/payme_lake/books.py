"""Are the sums right, and are all files there? What SLIM says is held against a ledger that is
computed a second way: in plain Python, straight from the bodies of the captured events, without a
line of the transformations. And the sequence numbers of a partition leave no gap and come once.
"""

import json
from collections import defaultdict
from datetime import datetime
from zoneinfo import ZoneInfo

from .capture import PLACE, batch_source, events_of
from .person_token import token_of

HONG_KONG = ZoneInfo("Asia/Hong_Kong")
MOVED = "payme.payments.money-moved.v1"


def bodies_of_files(files):
    """The bodies of all events in (path, content); what cannot be read is told of elsewhere."""
    for _path, content in files:
        try:
            yield from (body for _number, body in events_of(content))
        except Exception:
            continue


def ledger(bodies, key):
    """Cents in, out and paid in fees, by account and day: {(account, day): [in, out, fee]}."""
    seen, sums = set(), defaultdict(lambda: [0, 0, 0])
    for body in bodies:
        try:
            event = json.loads(body)
            if event["type"] != MOVED or event["id"] in seen:
                continue
            data = event["data"]
            moment = datetime.fromisoformat(data["moved_at"])
            amount, fee = data["amount"], data.get("fee") or 0
            sides = [(data["from"]["type"], data["from"].get("id"), 1, -fee),
                     (data["to"]["type"], data["to"].get("id"), 0, fee)]
            if type(amount) is not int or amount <= 0 or data["currency"] != "HKD":
                continue
        except (ValueError, KeyError, TypeError):
            continue
        seen.add(event["id"])
        day = moment.astimezone(HONG_KONG).date()
        for side_type, account, place, fee in sides:
            if side_type in ("user", "business"):
                cents = sums[token_of(account, key), day]
                cents[place] += amount
                cents[2] += fee if side_type == "business" else 0
    return {place: tuple(three) for place, three in sums.items()}


def differences(person_day, shop_day, second):
    """What SLIM has otherwise than the ledger, in words; nothing if they are equal."""
    people = ((row["person_id"], row["day"], row["in_cents"], row["out_cents"], 0)
              for row in person_day.toLocalIterator())
    shops = ((row["business_id"], row["day"], row["in_cents"], row["out_cents"], row["fee_cents"])
             for row in shop_day.toLocalIterator())
    slim = {}
    for rows in (people, shops):
        slim.update({(account, day): tuple(three) for account, day, *three in rows})
    told = []
    for account, day in sorted(slim.keys() | second.keys()):
        ours = slim.get((account, day), (0, 0, 0))
        theirs = second.get((account, day), (0, 0, 0))
        for name, one, other in zip(("in", "out", "fee"), ours, theirs):
            if one != other:
                told.append(f"{account} on {day}: {name} is {one} cents, the ledger has {other}")
    return told


def file_findings(files):
    """Files that are broken, lost or there twice, in words. `files` is the table of that name."""
    told, last = [], {}
    rows = files.select("hub", "partition", "file", "first_sequence", "last_sequence", "events",
                        "error").collect()
    for row in sorted(rows, key=lambda row: row["file"]):
        if row["error"]:
            told.append(f"broken: {row['file']}: {row['error']}")
    ranges = [row for row in rows if row["events"]]
    for row in sorted(ranges, key=lambda row: (row["hub"], row["partition"],
                                               row["first_sequence"], row["file"])):
        place = row["hub"], row["partition"]
        before, end = last.get(place, (None, row["first_sequence"] - 1))
        if row["first_sequence"] > end + 1:
            told.append(f"lost: sequence {end + 1} to {row['first_sequence'] - 1}, "
                        f"after {before} and before {row['file']}")
        if row["first_sequence"] <= end:
            told.append(f"doubled: {row['file']} has again what {before} has")
        if row["last_sequence"] > end:
            last[place] = row["file"], row["last_sequence"]
    return told


def unread_findings(names, files):
    """Files that were passed by, though a later one of their partition was read, in words."""
    rows = files.where("hub is not null").select("hub", "partition", "file").collect()
    read, latest = {row["file"] for row in rows}, {}
    for row in rows:
        place = row["hub"], str(row["partition"])
        latest[place] = max(row["file"], latest.get(place, ""))
    return [f"unread: {name}: it has no bytes, or came after a later one" for name in names
            if name not in read and name < latest.get(PLACE.search(name).groups(), "")]


def quarantine_findings(quarantine):
    """The events that could not be read; broken files are told of by `file_findings`."""
    rows = quarantine.where("sequence_number is not null").select("place", "reason").collect()
    return sorted(f"quarantined: {row['place']}: {row['reason']}" for row in rows)


def captured(spark, folder, files):
    """(name, content) of each file that was read, one at a time: not of those that came since."""
    read = {row["file"] for row in files.select("file").collect()}
    for row in batch_source(spark, folder).select("path", "content").toLocalIterator():
        place = PLACE.search(row["path"])
        if place and place[0] in read:
            yield place[0], bytes(row["content"])
