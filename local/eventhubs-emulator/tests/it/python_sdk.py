"""The official Python SDK, as it comes from PyPI, against an emulator: python_sdk.py PORT."""

import sys
import threading
import time

from azure.eventhub import EventData, EventHubConsumerClient, EventHubProducerClient
from azure.eventhub.exceptions import AuthenticationError, EventHubError



def connection(key="key"):
    return (
        f"Endpoint=sb://localhost:{sys.argv[1]};SharedAccessKeyName=RootManageSharedAccessKey;"
        f"SharedAccessKey={key};UseDevelopmentEmulator=true;"
    )


LIMIT = 20  # seconds


def producer(hub, key="key"):
    return EventHubProducerClient.from_connection_string(
        connection(key), eventhub_name=hub, retry_total=0
    )


class Reader:
    """Reads one partition on a thread of its own, until it is stopped or refused."""

    def __init__(self, group="$Default", **options):
        self.events, self.ends, self.error = [], [], None
        self.changed = threading.Condition()
        self.client = EventHubConsumerClient.from_connection_string(
            connection(), group, eventhub_name="orders", retry_total=0
        )
        arguments = {"partition_id": "1", "on_error": self.on_error, **options}
        self.thread = threading.Thread(
            target=self.client.receive, args=(self.on_event,), kwargs=arguments, daemon=True
        )
        self.thread.start()

    def on_event(self, context, event):
        with self.changed:
            self.events.append(event)
            self.ends.append(context.last_enqueued_event_properties)
            self.changed.notify()

    def on_error(self, _context, error):
        with self.changed:
            self.error = error
            self.changed.notify()

    def wait_for(self, what):
        with self.changed:
            assert self.changed.wait_for(lambda: what(self), LIMIT), (self.events, self.error)
        return self

    def stop(self):
        self.client.close()
        self.thread.join(LIMIT)


def texts(events):
    return [event.body_as_str() for event in events]


def counts(client):
    return [
        client.get_partition_properties(str(number))["last_enqueued_sequence_number"] + 1
        for number in range(4)
    ]


def sends_and_properties():
    with producer("orders") as client:
        assert client.get_eventhub_properties()["partition_ids"] == ["0", "1", "2", "3"]
        batch = client.create_batch(partition_id="1")
        for number in range(50):
            event = EventData(f"event {number}")
            event.properties = {"number": number}
            batch.add(event)
        client.send_batch(batch)
        client.send_batch([EventData("x" * 200_000)], partition_id="1")
        for _ in range(3):
            client.send_event(EventData("keyed"), partition_key="a customer")
        keyed = counts(client)
        keyed[1] -= 51
        assert sorted(keyed) == [0, 0, 0, 3], keyed


def receives():
    reader = Reader(starting_position="-1").wait_for(lambda reader: len(reader.events) >= 51)
    reader.stop()
    assert texts(reader.events[:50]) == [f"event {number}" for number in range(50)]
    assert [event.sequence_number for event in reader.events[:51]] == list(range(51))
    assert reader.events[7].properties == {b"number": 7}
    assert len(reader.events[50].body_as_str()) == 200_000
    later = Reader(starting_position=48).wait_for(lambda reader: len(reader.events) >= 2)
    later.stop()
    assert later.events[0].sequence_number == 49


def where_the_partition_ends():
    for asks in (True, False):
        reader = Reader(starting_position="-1", track_last_enqueued_event_properties=asks)
        reader.wait_for(lambda reader: reader.ends).stop()
        end = reader.ends[0]
        if asks:
            assert end["sequence_number"] == 50 and int(end["offset"]) > 0, end
            assert end["enqueued_time"] <= end["retrieval_time"], end
        else:
            assert not end, end


def owner_levels():
    first = Reader(owner_level=1, starting_position="-1").wait_for(lambda reader: reader.events)
    second = Reader(owner_level=2, starting_position="-1").wait_for(lambda reader: reader.events)
    first.wait_for(lambda reader: reader.error)
    assert "owner level" in str(first.error), first.error
    lower = Reader(owner_level=1, starting_position="-1").wait_for(lambda reader: reader.error)
    assert "owner level 2" in str(lower.error), lower.error
    for reader in (first, second, lower):
        reader.stop()


def refused(client):
    with client:
        try:
            client.send_event(EventData("lost"))
        except EventHubError as error:
            return error
    raise AssertionError("an event was taken")


def refusals():
    absent = refused(producer("nowhere"))
    assert "nowhere does not exist" in str(absent), absent
    stranger = refused(producer("orders", key="another"))
    assert isinstance(stranger, AuthenticationError) and "401" in str(stranger), stranger
    nobody = Reader(group="nobody", starting_position="-1").wait_for(lambda reader: reader.error)
    assert "no consumer group nobody" in str(nobody.error), nobody.error
    nobody.stop()


# Keys with positive hashes, for three of the four partitions. For negative ones this SDK takes the
# remainder that Python has, and so another partition than Azure and the SDKs in other languages.
KEYS = {"!c*_!I@1^c": "0", "$0cb": "1", "131": "2"}


def one_key_buffered_and_plain():
    buffered = {}
    with EventHubProducerClient.from_connection_string(
        connection(),
        eventhub_name="orders",
        buffered_mode=True,
        on_success=lambda events, chosen: buffered.update({texts(events)[0]: chosen}),
        on_error=lambda events, _chosen, error: buffered.update({texts(events)[0]: error}),
    ) as client:
        for key in KEYS:
            client.send_event(EventData(key), partition_key=key)
    assert buffered == KEYS, buffered
    with producer("orders") as client:
        for key, partition in KEYS.items():
            before = counts(client)
            client.send_event(EventData("plain"), partition_key=key)
            grown = [str(n) for n, count in enumerate(counts(client)) if count > before[n]]
            assert grown == [partition], (key, grown)


for part in (
    sends_and_properties, receives, where_the_partition_ends, owner_levels, refusals, one_key_buffered_and_plain
):
    began = time.monotonic()
    part()
    print(f"{part.__name__}: {time.monotonic() - began:.1f} s", flush=True)
