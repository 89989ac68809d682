"""A made-up town in which some let deceived people's money run through them: what the model is
trained and judged by, as long as nobody's judgement of real wallets is there.

Whoever is in a ring is one of all: the same ids, hours, shops and friends, on that day too. Others
do much the same for good reasons: they sell things to strangers and empty the wallet at once,
collect for a dinner, pass on what they were sent for the rent. Few of them hand a deposit on from
one to the next, or settle what they owe each other in a round, as far as a ring does.
"""

import random
from datetime import datetime, timedelta, timezone

START = datetime(2026, 10, 31, 16, tzinfo=timezone.utc)  # 1 November in Hong Kong
DAYS = 10
# The first days are everybody's first: there is no past yet to tell a stranger by.
PAST = 3
PEOPLE = 1000
TRANSFERS = """transfer_id string, from_type string, from_id string, to_type string, to_id string,
    amount_cents bigint, moved_at timestamp, day date"""


class Town:
    """`transfers` as rows of TRANSFERS, and in `rings` why a person's day is one of a ring."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.transfers, self.rings = [], {}
        self.people = [self.id("psn") for _ in range(PEOPLE)]
        self.shops = [self.id("biz") for _ in range(PEOPLE // 20)]
        self.friends = {person: self.random.sample(self.people, 12) for person in self.people}
        self.day = -1
        self.remember()
        for self.day in range(DAYS):
            for person in self.people:
                if self.random.random() < 0.6:
                    self.live(person)
            if self.day >= PAST:
                self.deceive()

    def id(self, prefix):
        return f"{prefix}_{self.random.getrandbits(128):032x}"

    def today(self):
        return (START + timedelta(days=self.day + 1)).date()

    def move(self, at, source, target, cents):
        """`at` is minutes of the day."""
        moment = START + timedelta(days=self.day, minutes=min(at, 1439.9))
        types = [side_type(side) for side in (source, target)]
        self.transfers.append(
            (self.id("pay"), types[0], source, types[1], target, int(cents), moment, self.today()))

    def at(self):
        """Any minute, most of them by day."""
        return min(1200, max(0, self.random.gauss(840, 240)))

    def cents(self, usual):
        return int(self.random.lognormvariate(0, 0.8) * usual) + 1

    def strangers(self, person, count):
        known = {person, *self.friends[person]}
        some = self.random.sample(self.people, count + len(known))
        return [one for one in some if one not in known][:count]

    def remember(self):
        """Most friends have paid each other before: a wallet is older than ten days."""
        for person, friends in self.friends.items():
            for friend in friends:
                if self.random.random() < 0.7:
                    self.move(self.at(), person, friend, self.cents(250_00))

    def live(self, person):
        for _ in range(self.random.randint(1, 3)):
            at, choice = self.at(), self.random.random()
            if choice < 0.55:
                self.move(at, person, self.random.choice(self.shops), self.cents(90_00))
            elif choice < 0.8:
                self.move(at, person, self.random.choice(self.friends[person]), self.cents(250_00))
            elif choice < 0.86:
                self.move(at, person, self.strangers(person, 1)[0], self.cents(400_00))
            elif choice < 0.92:
                self.move(at, None, person, self.cents(1_000_00))
            elif choice < 0.96:
                self.move(at, person, None, self.cents(900_00))
            elif choice < 0.975:
                self.sell(person, at)
            elif choice < 0.985:
                self.dine(person, at)
            elif choice < 0.998:
                self.pass_rent(person, at)
            elif choice < 0.999:
                self.hand_on(person, at)
            else:
                self.settle(person, at)

    def sell(self, person, at):
        """Up to 14 things to strangers, some at once; half take all of it to the bank."""
        total, minutes = 0, self.random.uniform(15, 230)
        for buyer in self.strangers(person, min(14, int(self.random.expovariate(0.25)) + 2)):
            cents = self.cents(200_00)
            total += cents
            self.move(at + self.random.uniform(0, minutes), buyer, person, cents)
        if self.random.random() < 0.5:
            self.move(at + minutes + self.random.uniform(0, 20), person, None, total * 0.9)

    def dine(self, person, at):
        """Friends pay a treasurer, who pays the restaurant at once."""
        total = 0
        for friend in self.random.sample(self.friends[person], self.random.randint(4, 9)):
            cents = self.cents(220_00)
            total += cents
            self.move(at + self.random.uniform(0, 60), friend, person, cents)
        self.move(at + 65, person, self.random.choice(self.shops), total)

    def pass_rent(self, person, at):
        """A friend sends what at once goes to a landlord, some of whom have it sent to the bank."""
        cents, landlord = self.large(), self.friend_or_stranger(person)
        self.move(at, self.random.choice(self.friends[person]), person, cents)
        self.move(at + self.random.uniform(2, 90), person, landlord, cents * self.part())
        if self.random.random() < 0.3:
            self.move(at + self.random.uniform(92, 150), landlord, None, cents * self.part())

    def friend_or_stranger(self, person):
        """Half know their landlord; to others it is a stranger, as after they moved."""
        if self.random.random() < 0.5:
            return self.random.choice(self.friends[person])
        return self.strangers(person, 1)[0]

    def line(self, person, count):
        """That person and others, each known to the one before, or not."""
        people = [person]
        while len(people) < count:
            other = self.friend_or_stranger(people[-1])
            if other not in people:
                people.append(other)
        return people

    def hand_on(self, person, at):
        """A deposit, say: from one to the next, and most of them to a bank in the end."""
        people = self.line(person, self.random.randint(4, 6))
        at, cents = self.relay(people, at, self.large())
        if self.random.random() < 0.7:
            self.move(at, people[-1], None, cents)

    def settle(self, person, at):
        """Each pays the next what they owe, until it has come round."""
        self.relay([*self.line(person, self.random.randint(3, 5)), person], at, self.large())

    def large(self):
        return self.random.randint(1_500_00, 9_000_00)

    def part(self):
        """What of the money goes on: some is kept, or was for something else."""
        return self.random.uniform(0.7, 1)

    # The shapes are those of the graph service.
    def deceive(self):
        ring = self.random.choice((self.fan, self.fan, self.chain, self.cycle, self.below))
        for _ in range(2):
            mule = self.random.choice(self.people)
            ring(mule, self.at(), self.large())

    def is_one(self, person, reason):
        self.rings[person, self.today()] = reason

    def fan(self, mule, at, _cents):
        total, part = 0, self.part()
        for victim in self.strangers(mule, self.random.randint(5, 13)):
            cents = self.cents(500_00)
            total += cents
            self.move(at + self.random.uniform(0, 110), victim, mule, cents)
        for number in range(parts := self.random.randint(1, 3)):
            target = self.random.choice((None, self.strangers(mule, 1)[0]))
            self.move(at + 112 + 8 * number, mule, target, total * part / parts)
        self.is_one(mule, "fan-in")

    def relay(self, people, at, cents):
        for source, target in zip(people, people[1:]):
            self.move(at, source, target, cents)
            at += self.random.uniform(2, 90)
            cents *= self.part()
        return at, cents

    def chain(self, mule, at, cents):
        people = [*self.strangers(mule, self.random.randint(3, 5))]
        at, cents = self.relay([people[0], mule, *people[1:]], at, cents)
        self.move(at, people[-1], None, cents)
        for person in [mule, *people[1:]]:
            self.is_one(person, "chain")

    def cycle(self, mule, at, cents):
        others = self.strangers(mule, self.random.randint(2, 4))
        self.relay([mule, *others, mule], at, cents)
        for person in others:
            self.is_one(person, "cycle")

    def below(self, mule, at, _cents):
        is_in = self.random.random() < 0.5
        for other in self.strangers(mule, self.random.randint(6, 9)):
            ends = (other, mule) if is_in else (mule, other)
            self.move(at + self.random.uniform(0, 230), *ends,
                      self.random.randint(1_800_00, 1_999_99))
        self.is_one(mule, "just-below")


def side_type(account):
    if account is None:
        return "bank"
    return "user" if account.startswith("psn_") else "business"
