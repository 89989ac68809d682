"""What the lake costs: `python lake/bench.py FOLDER PAYMENTS...` writes so many payments as Capture
would, runs the whole job on them, and prints payments a second of each step, memory, and how the
cost of a payment grew from the first number to the last.
"""

import json
import os
import random
import shutil
import sys
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta
from multiprocessing import get_context
from pathlib import Path

import local

sys.path[:0] = [str(local.SRC), str(Path(__file__).parent / "tests")]

from world import FIRST_DAY, golden, stamp, write  # noqa: E402

PARTITIONS = 4
FILE_PAYMENTS = 20_000
# Each person pays so often in the ten days, and a shop has so many customers.
DAYS, PAYMENTS_OF_ONE, PEOPLE_OF_A_SHOP = 10, 25, 40
# As a cluster has them, where tests want a short start.
SETTINGS = {
    "spark.driver.memory": "4g",
    "spark.driver.extraJavaOptions": "-XX:+UseParallelGC",
    "spark.sql.adaptive.enabled": "true",
    "spark.sql.codegen.wholeStage": "true",
    "spark.sql.shuffle.partitions": "8",
}


def account(prefix, number):
    return f"{prefix}_0{number:025x}"


def template():
    """A payment's event as text, with a place for what differs."""
    event = golden("payme.payments.money-moved.v1")
    event |= {"id": "{event}", "subject": "{operation}", "time": "{at}"}
    event["data"] |= {
        "kind": "payment", "operation_id": "{operation}", "amount": "{amount}", "fee": "{fee}",
        "tip": None, "payment_request_id": None, "moved_at": "{at}",
        "from": {"type": "user", "id": "{person}", "name": "陳大文", "told_user_id": "{person}"},
        "to": {"type": "business", "id": "{shop}", "name": "Noodles", "told_user_id": None},
    }
    text = json.dumps(event, ensure_ascii=False).replace("{", "{{").replace("}", "}}")
    for name in ("event", "operation", "at", "person", "shop"):
        text = text.replace(f"{{{{{name}}}}}", f"{{{name}}}")
    for name in ("amount", "fee"):
        text = text.replace(f'"{{{{{name}}}}}"', f"{{{name}}}")
    return text


def write_file(folder, number, payments):
    """The file of that number, of as many as the last one leaves; its own seed, so any process."""
    chance, text, bodies = random.Random(number), template(), []
    first = number * FILE_PAYMENTS
    people = max(1, payments // PAYMENTS_OF_ONE)
    for place in range(first, min(first + FILE_PAYMENTS, payments)):
        digits, amount = f"{chance.getrandbits(128):032x}", chance.randint(1_00, 500_00)
        at = FIRST_DAY + timedelta(seconds=DAYS * 86400 * place / payments)
        bodies.append(text.format(
            event=f"{digits[:8]}-{digits[8:12]}-7{digits[13:16]}-8{digits[17:20]}-{digits[20:]}",
            operation=account("pay", chance.getrandbits(100)), at=stamp(at), amount=amount,
            fee=amount * 15 // 1000, person=account("usr", chance.randrange(people)),
            shop=account("biz", chance.randrange(people // PEOPLE_OF_A_SHOP + 1)),
        ).encode())
    partition, place = number % PARTITIONS, number // PARTITIONS
    path = Path(folder, "payme/payments", str(partition), "2026/11/20",
                f"{place // 60:02}/{place % 60:02}/00.avro")
    path.parent.mkdir(parents=True, exist_ok=True)
    write(path, bodies, place * FILE_PAYMENTS)


def generate(folder, payments):
    files = range(-(-payments // FILE_PAYMENTS))
    with ProcessPoolExecutor(2) as pool:
        list(pool.map(write_file, [folder] * len(files), files, [payments] * len(files)))


class Use(threading.Thread):
    """What this process and its children, Spark's, take: the most memory at any look, one each half
    second; and seconds of a core, which others on the machine change less than the time it takes.
    """

    def __init__(self):
        super().__init__(daemon=True)
        self.most, self.ended = 0, threading.Event()

    def run(self):
        while not self.ended.wait(0.5):
            self.most = max(self.most, self.look()[0])

    @staticmethod
    def look():
        """Bytes now, and seconds of a core so far, those of children that ended too."""
        parents, used = {}, {}
        for process in filter(str.isdigit, os.listdir("/proc")):
            try:
                fields = Path("/proc", process, "stat").read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue  # it has just ended
            parents[int(process)] = int(fields[1])
            used[int(process)] = int(fields[21]), sum(map(int, fields[11:15]))
        ours = {os.getpid()}
        while more := {one for one, parent in parents.items() if parent in ours} - ours:
            ours |= more
        pages, ticks = map(sum, zip(*(used[one] for one in ours if one in used)))
        return pages * os.sysconf("SC_PAGE_SIZE"), ticks / os.sysconf("SC_CLK_TCK")


def run(folder, payments):
    """Seconds of each step, and seconds of a core, the most bytes of memory, and bytes of what came
    and what is kept.
    """
    from payme_lake import jobs
    from payme_lake.tables import Tables

    shutil.rmtree(folder, ignore_errors=True)
    captured, lake = folder / "captured", folder / "lake"
    began = time.monotonic()
    generate(captured, payments)
    print(f"{payments} payments written in {time.monotonic() - began:.0f} s", flush=True)
    spark = local.session(folder / "scratch", SETTINGS)
    tables, use = Tables(spark, f"{lake}/{{layer}}"), Use()
    before = use.look()[1]
    use.start()
    seconds, told = jobs.run_all(spark, str(captured), tables, f"{lake}/checkpoint", local.KEY)
    use.ended.set()
    core = use.look()[1] - before
    kept = tables.read("transfers").count()
    spark.stop()
    if told or kept != payments:
        raise SystemExit(f"{kept} of {payments} payments are there; {told[:5]}")
    del seconds["forget"]
    sizes = [sum(path.stat().st_size for path in place.rglob("*") if path.is_file())
             for place in (captured, lake)]
    shutil.rmtree(folder)
    return seconds | {"all": sum(seconds.values()), "core": core}, (use.most, *sizes)


def main():
    folder, sizes = Path(sys.argv[1]).resolve(), [int(size) for size in sys.argv[2:]]
    found = {}
    for size in sizes:
        # A process of its own, so that none has the memory of the one before.
        with ProcessPoolExecutor(1, get_context("spawn")) as pool:
            found[size], bytes_of = pool.submit(run, folder, size).result()
        if len(found) == 1:
            print("payments a second of each step, of all, and of each second of a core")
            print(f"{'payments':>10}" + "".join(f"{step:>9}" for step in found[size])
                  + f"{'memory':>12}{'captured':>12}{'kept':>12}")
        print(f"{size:>10}" + "".join(f"{size / taken:>9.0f}" for taken in found[size].values())
              + "".join(f"{taken / 1e9:>9.2f} GB" for taken in bytes_of), flush=True)
    first, last = sizes[0], sizes[-1]
    print(f"{'growth':>10}" + "".join(
        f"{found[last][step] / last / (taken / first):>9.2f}"
        for step, taken in found[first].items()))


if __name__ == "__main__":
    main()
