"""A made-up week of the platform: events that follow the contracts, from a seed, and the capture
files that tell of them. Some are told twice, some late, some wrongly, as happens.
"""

import json
import random
from datetime import datetime, timedelta, timezone
from pathlib import Path

import fastavro

GOLDEN = Path(__file__).parents[2] / "crates/events/golden"
SCHEMA = fastavro.parse_schema({
    "type": "record",
    "name": "EventData",
    "namespace": "Microsoft.ServiceBus.Messaging",
    "fields": [
        {"name": "SequenceNumber", "type": "long"},
        {"name": "Offset", "type": "string"},
        {"name": "EnqueuedTimeUtc", "type": "string"},
        {"name": "SystemProperties",
         "type": {"type": "map", "values": ["long", "double", "string", "bytes"]}},
        {"name": "Properties",
         "type": {"type": "map", "values": ["long", "double", "string", "bytes", "null"]}},
        {"name": "Body", "type": ["null", "bytes"]},
    ],
})
FIRST_DAY = datetime(2026, 11, 20, tzinfo=timezone.utc)
DAYS = 4
LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"
TEXT_OF_A_PERSON = "陳大文"
FILE_EVENTS = 40


def golden(kind):
    return json.loads((GOLDEN / f"{kind}.json").read_text())


class World:
    """`bodies` are the events in order, by hub and partition; `late` those that come at the end."""

    def __init__(self, seed, people=10, shops=3, a_day=40):
        self.random = random.Random(seed)
        self.bodies, self.late = {}, []
        self.people = [self.id("usr") for _ in range(people)]
        self.shops = [self.id("biz") for _ in range(shops)]
        self.moved = []
        self.begin()
        for day in range(DAYS):
            for number in range(a_day):
                # All day in Hong Kong, whose day begins at 16:00 of the one before.
                at = FIRST_DAY + timedelta(days=day, hours=-8, minutes=number * 1440 // a_day)
                self.happen(at)

    def id(self, prefix):
        return f"{prefix}_0" + "".join(self.random.choices(LETTERS, k=25))

    def event(self, kind, subject, at, data):
        number = self.random.getrandbits(122)
        digits = f"{number:032x}"
        event = golden(kind)
        event["id"] = f"{digits[:8]}-{digits[8:12]}-7{digits[13:16]}-8{digits[17:20]}-{digits[20:]}"
        event["subject"], event["time"] = subject, stamp(at)
        event["data"] = event["data"] | data
        return event

    def tell(self, event, hub=None, partition=None):
        hub = hub or event["source"].strip("/")
        if partition is None:
            partition = sum(event["subject"].encode()) % 2 if hub == "payments" else 0
        self.bodies.setdefault((hub, partition), []).append(encode(event))

    def begin(self):
        at = FIRST_DAY - timedelta(days=1)
        for person in self.people:
            self.tell(self.event("payme.auth.user-registered.v1", person, at, {"user_id": person}))
            for version, language in ((1, "en"), (2, "zh-Hant")):
                told = at + timedelta(hours=version)
                data = {"user_id": person, "version": version, "language": language,
                        "display_name": name_of(person)}
                self.tell(self.event("payme.user-profile.profile-changed.v1", person, told, data))
        for number, person in enumerate(self.people[:4]):
            data = {"user_id": person, "version": 1, "tier": ("verified", "unverified")[number % 2]}
            kind = "payme.onboarding.person-verification-changed.v1"
            self.tell(self.event(kind, person, at, data))
        for shop in self.shops:
            for version in (1, 2):
                data = {"business_id": shop, "version": version, "owner_user_id": self.people[0],
                        "category_code": "5812"}
                told = at + timedelta(hours=version)
                kind = "payme.business-profile.business-changed.v1"
                self.tell(self.event(kind, shop, told, data))
        for person in self.people:
            self.move("top-up", at, ("bank", None), ("user", person), 5_000_00)

    def move(self, kind, at, source, target, amount, **more):
        prefix = {"payment": "pay", "peer-payment": "ppay", "refund": "rfd", "top-up": "top",
                  "withdrawal": "wdr", "fps-payment": "fpay", "pay-link": "plnk", "claim": "clm"}
        operation = self.id(prefix[kind])
        data = {
            "kind": kind, "operation_id": operation, "amount": amount, "fee": 0,
            "payment_request_id": None, "from": side(*source), "to": side(*target),
            "note": TEXT_OF_A_PERSON if kind == "peer-payment" else None, "moved_at": stamp(at),
        }
        event = self.event("payme.payments.money-moved.v1", operation, at, data | more)
        self.moved.append(event)
        self.tell(event)
        return event

    def happen(self, at):
        person, other = self.random.sample(self.people, 2)
        shop = self.random.choice(self.shops)
        amount = self.random.randint(1, 300_00)
        choice = self.random.random()
        if choice < 0.5:
            self.pay(at, person, shop, amount)
        elif choice < 0.7:
            self.ask(at, person, other, amount)
        elif choice < 0.8:
            self.refund(at)
        elif choice < 0.85:
            self.move("withdrawal", at, ("user", person), ("bank", None), amount)
        elif choice < 0.9:
            self.move("fps-payment", at, ("user", person), ("bank", None), amount)
        else:
            link = self.move("pay-link", at, ("user", person), ("escrow", person), amount)
            link_id = link["data"]["operation_id"]
            at += timedelta(minutes=1)
            self.move("claim", at, ("escrow", person), ("user", other), amount, pay_link_id=link_id)

    def pay(self, at, person, shop, amount):
        request = self.id("preq")
        expires = stamp(at + timedelta(minutes=10))
        data = {"payment_request_id": request, "business_id": shop, "amount": amount,
                "expires_at": expires}
        created = "payme.payments.payment-request-created.v1"
        self.tell(self.event(created, request, at - timedelta(minutes=1), data))
        tip = self.random.choice((None, amount // 10 or None))
        self.move("payment", at, ("user", person), ("business", shop), amount,
                  payment_request_id=request, fee=amount * 15 // 1000, tip=tip)
        data = {"payment_request_id": request, "status": "paid"}
        self.tell(self.event("payme.payments.payment-request-closed.v1", request, at, data))

    def ask(self, at, person, other, amount):
        request = self.id("mreq")
        paid = self.move("peer-payment", at, ("user", person), ("user", other), amount,
                         money_request_id=request)
        for version, status in ((1, "open"), (2, "paid")):
            data = {
                "money_request_id": request, "version": version, "status": status,
                "requester": {"user_id": other, "name": name_of(other)},
                "payer": {"user_id": person, "name": name_of(person)}, "amount": amount,
                "peer_payment_id": paid["data"]["operation_id"] if version == 2 else None,
            }
            told = at + timedelta(seconds=version)
            self.tell(self.event("payme.payments.money-request-changed.v1", request, told, data))

    def refund(self, at):
        """Half of an earlier payment, once each, with half of its fee."""
        refunded = {e["data"]["refunded_payment_id"] for e in self.moved}
        for event in self.moved:
            data = event["data"]
            if data["kind"] == "payment" and data["operation_id"] not in refunded:
                if data["amount"] < 2:
                    continue
                person, shop = data["from"]["id"], data["to"]["id"]
                self.move("refund", at, ("business", shop), ("user", person), data["amount"] // 2,
                          refunded_payment_id=data["operation_id"], fee=data["fee"] // 2)
                return

    def trouble(self):
        """What happens besides: each is told of by the name of its test."""
        last = FIRST_DAY + timedelta(days=DAYS - 1, hours=-7)
        person, shop = self.people[0], self.shops[0]
        self.old = self.move("payment", last, ("user", person), ("business", shop), 1_00)
        for name in ("fee", "tip", "pay_link_id", "red_packet_id", "money_request_id",
                     "refunded_payment_id"):
            del self.old["data"][name]
        newer = {"loyalty": {"points": 7}}
        self.newer = self.move("payment", last, ("user", person), ("business", shop), 2_00, **newer)
        # `tell` has encoded the old one before its fields were taken.
        place = ("payments", sum(self.old["subject"].encode()) % 2)
        self.bodies[place] = [encode(self.old) if json.loads(body)["id"] == self.old["id"] else body
                              for body in self.bodies[place]]
        for place in list(self.bodies):
            self.bodies[place] += self.bodies[place][:7]
        self.tell(golden("payme.messages.message-sent.v1"), "messages", 0)

        wrong = {
            "kind-unknown": lambda event: event.update(type="payme.payments.money-moved.v9"),
            "not-an-event": lambda event: event.pop("id"),
            "type-wrong": lambda event: event["data"].update(amount="much"),
            "missing-amount": lambda event: event["data"].pop("amount"),
            "missing-from.type": lambda event: event["data"].update({"from": {"id": person}}),
            "amount-not-positive": lambda event: event["data"].update(amount=-5),
            "currency-not-hkd": lambda event: event["data"].update(currency="USD"),
        }
        for spoil in wrong.values():
            event = self.event("payme.payments.money-moved.v1", self.id("pay"), last, {})
            spoil(event)
            self.tell(event, "payments", 1)
        self.bodies["payments", 1].append(b"\xff no JSON " + TEXT_OF_A_PERSON.encode())
        self.wrong = sorted([*wrong, "not-an-event"])

        # A payment of the second day that is told after all others.
        at = FIRST_DAY + timedelta(days=1)
        late = self.event("payme.payments.money-moved.v1", self.id("pay"), at, {
            "operation_id": self.id("pay"), "from": side("user", person),
            "to": side("business", shop), "amount": 77_77, "moved_at": stamp(at), "fee": 1_16})
        self.moved.append(late)
        self.late.append(encode(late))
        return self

    def capture(self, folder):
        """Writes all that is told in time as capture files."""
        for (hub, partition), bodies in self.bodies.items():
            for number in range(0, len(bodies), FILE_EVENTS):
                minute = number // FILE_EVENTS
                some = bodies[number:number + FILE_EVENTS]
                write(place(folder, hub, partition, minute), some, number)

    def capture_late(self, folder):
        """And what is told late; as one more file."""
        before = len(self.bodies["payments", 0])
        write(place(folder, "payments", 0, 59), self.late, before)


def name_of(account):
    return f"{TEXT_OF_A_PERSON} {account[-5:]}" if account else TEXT_OF_A_PERSON


def side(side_type, account):
    told = account if side_type == "user" else None
    return {"type": side_type, "id": account, "name": name_of(account), "told_user_id": told}


def stamp(at):
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def encode(event):
    return json.dumps(event, ensure_ascii=False).encode()


def place(folder, hub, partition, minute):
    path = Path(folder, "payme", hub, str(partition), "2026/11/24/00", f"{minute:02}", "00.avro")
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def write(path, bodies, first_sequence):
    records = [
        {"SequenceNumber": first_sequence + number, "Offset": str(100 * number),
         "EnqueuedTimeUtc": "11/24/2026 12:00:00 AM", "SystemProperties": {}, "Properties": {},
         "Body": body}
        for number, body in enumerate(bodies)
    ]
    with path.open("wb") as file:
        fastavro.writer(file, SCHEMA, records, codec="deflate")


def spoil(folder):
    """Adds files that are none, or have nothing."""
    social = Path(folder, "payme/social/0/2026/11/24/00")
    for minute in ("01", "02", "03"):
        (social / minute).mkdir(parents=True)
    whole = place(folder, "payments", 0, 0).read_bytes()
    (social / "01/00.avro").write_bytes(whole[: len(whole) // 2])
    (social / "02/00.avro").write_bytes(b"")
    write(social / "03/00.avro", [], 0)
    # What is being written has no name yet that counts.
    aside = Path(folder, ".aside")
    aside.mkdir()
    (aside / "payments-0.avro").write_bytes(whole[:100])
