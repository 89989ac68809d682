"""What a Python program does with Cosmos DB: python_client.py URL, with a token in TOKEN."""

import os
import sys
import time

from azure.core import MatchConditions
from azure.core.credentials import AccessToken
from azure.cosmos import CosmosClient
from azure.cosmos.exceptions import (
    CosmosAccessConditionFailedError,
    CosmosHttpResponseError,
    CosmosResourceExistsError,
)


class Identity:
    def get_token(self, *scopes, **options):
        return AccessToken(os.environ["TOKEN"], int(time.time()) + 600)


def refused(kind, call):
    try:
        call()
    except kind as error:
        return error.status_code
    raise AssertionError("not refused")


client = CosmosClient(sys.argv[1], Identity())
things = client.get_database_client("test").get_container_client("things")

found = things.read_item("of rust", "p")
replaced = things.replace_item(
    "of rust", {**found, "number": 2}, etag=found["_etag"], match_condition=MatchConditions.IfNotModified
)
assert replaced["number"] == 2
stale = {"etag": found["_etag"], "match_condition": MatchConditions.IfNotModified}
assert refused(
    CosmosAccessConditionFailedError, lambda: things.replace_item("of rust", found, **stale)
) == 412

things.create_item({"id": "of python", "partition": "p", "number": 3})
again = {"id": "of python", "partition": "p"}
assert refused(CosmosResourceExistsError, lambda: things.create_item(again)) == 409
for number in range(40):
    things.upsert_item({"id": f"t{number}", "partition": f"p{number}", "number": 100 + number})

numbers = list(things.query_items("SELECT VALUE c.number FROM c ORDER BY c.number", partition_key="p"))
assert numbers == [2, 3], numbers
assert list(things.query_items("SELECT VALUE SUM(c.number) FROM c", partition_key="p")) == [5]
most = list(
    things.query_items(
        "SELECT VALUE c.number FROM c ORDER BY c.number DESC OFFSET 1 LIMIT 2",
        enable_cross_partition_query=True,
    )
)
assert most == [138, 137], most
assert len(list(things.query_items_change_feed(start_time="Beginning"))) == 42
assert len(list(things.read_all_items(max_item_count=5))) == 42

unknown = lambda: list(things.query_items("SELECT VALUE GetCurrentDateTime() FROM c", partition_key="p"))
assert refused(CosmosHttpResponseError, unknown) == 400
assert refused(CosmosHttpResponseError, lambda: client.create_database("more")) == 403
