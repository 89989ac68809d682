"""The contracts are those of the services, and what the tests make up follows them."""

import json
from collections import Counter

from payme_lake.contracts import CONTRACTS, NOT_READ
from pyspark.sql.types import StructType, TimestampType
from world import GOLDEN, TEXT_OF_A_PERSON, World, golden

# What a service tells and the lake leaves out: of a person, or of no use yet.
LEFT_OUT = {
    "payme.payments.money-moved.v1": {
        "from.name", "from.told_user_id", "to.name", "to.told_user_id", "reference", "note",
    },
    "payme.payments.payment-request-created.v1": {
        "shop_name", "description", "return_url", "notified_program.client_id",
        "notified_program.uri", "notified_program.order_id", "notified_program.created_at",
    },
    "payme.payments.payment-request-closed.v1": {"payment_id"},
    "payme.payments.money-request-changed.v1": {"requester.name", "payer.name", "note"},
    "payme.user-profile.profile-changed.v1": {"display_name", "picture_id"},
    "payme.business-profile.business-changed.v1": {"shop_name_latin", "fps_id", "logo_id"},
}
PYTHON = {"string": str, "bigint": int, "int": int, "boolean": bool, "timestamp": str}


def leaves(data, prefix=""):
    for name, value in data.items():
        if isinstance(value, dict):
            yield from leaves(value, f"{prefix}{name}.")
        else:
            yield prefix + name, value


def fields(contract):
    def walk(struct, prefix=""):
        for field in struct:
            if isinstance(field.dataType, StructType):
                yield from walk(field.dataType, f"{prefix}{field.name}.")
            else:
                yield prefix + field.name, field.dataType.simpleString()

    return dict(walk(StructType.fromDDL(contract.fields)))


def test_each_kind_of_event_is_read_or_named_as_not_read(spark):
    kinds = {path.name.removesuffix(".json") for path in GOLDEN.glob("*.json")}
    read = {contract.kind for contract in CONTRACTS}
    assert read | NOT_READ == kinds
    assert not read & NOT_READ


def test_each_golden_sample_has_the_fields_and_types_of_its_contract_and_no_others(spark):
    for contract in CONTRACTS:
        sample = dict(leaves(golden(contract.kind)["data"]))
        known = fields(contract)
        left_out = LEFT_OUT.get(contract.kind, set())
        assert sample.keys() == known.keys() | left_out, contract.kind
        for name, type_name in known.items():
            assert sample[name] is None or type(sample[name]) is PYTHON[type_name], name
        assert set(contract.required) <= known.keys() and set(contract.people) <= known.keys()


def test_whoever_may_be_a_person_is_named_as_one(spark):
    for contract in CONTRACTS:
        sample = dict(leaves(golden(contract.kind)["data"]))
        found = {name for name in fields(contract) if str(sample[name]).startswith("usr_")}
        assert found <= set(contract.people), contract.kind


def test_made_up_events_have_the_shape_of_the_golden_samples():
    seen = Counter()
    for bodies in World(7).bodies.values():
        for event in map(json.loads, bodies):
            sample = golden(event["type"])
            assert event.keys() == sample.keys()
            assert dict(leaves(event["data"])).keys() == dict(leaves(sample["data"])).keys()
            for name, value in leaves(event["data"]):
                wanted = dict(leaves(sample["data"]))[name]
                assert None in (value, wanted) or type(value) is type(wanted), name
            seen[event["type"]] += 1
    assert len(seen) == len(CONTRACTS) - 2, seen
    assert World(7).bodies == World(7).bodies != World(8).bodies
    assert TEXT_OF_A_PERSON in str(World(7).moved)
