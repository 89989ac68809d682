#!/usr/bin/env python3
"""Writes into each packaged app the list of the crates that its handler links, as CycloneDX 1.5:
what a vulnerability scanner reads, and whoever asks which versions run.

usage: ops/dependency_list.py APPS FEATURES
"""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
TARGET = "x86_64-unknown-linux-gnu"
FILE = "dependencies.cdx.json"
# Cargo calls this a build dependency, but its C code is linked, under the licence of OpenSSL 3.
CARRIER, CARRIED, CARRIED_LICENCE = "openssl-sys", "openssl-src", "Apache-2.0"
LINE = re.compile(r"(\d+)\|(\S+) v(\S+)[^|]*\|([^|]*?)(?: \(\*\))?$")

Crate = tuple[str, str]


def linked(services: list[str], features: str) -> tuple[dict[Crate, set[Crate]], dict[Crate, str]]:
    """What each crate links directly, and its licence, when all services are built together.
    Together, since features of one service's crates then hold for all."""
    command = ["cargo", "tree", "--locked", "--target", TARGET, "--features", features]
    command += ["--edges", "normal,no-proc-macro", "--prefix", "depth", "--format", "|{p}|{l}"]
    command += [f"--package={service}" for service in services]
    tree = subprocess.run(command, cwd=CHECKOUT, check=True, text=True, stdout=subprocess.PIPE)
    edges: dict[Crate, set[Crate]] = {}
    licences: dict[Crate, str] = {}
    path: list[Crate] = []
    for line in filter(None, tree.stdout.splitlines()):
        depth, name, version, licence = LINE.fullmatch(line).groups()
        crate = (name, version)
        licences[crate] = re.sub(r"\s*/\s*", " OR ", licence)
        edges.setdefault(crate, set())
        path[int(depth) :] = [crate]
        if len(path) > 1:
            edges[path[-2]].add(crate)
    return edges, licences


def reachable(root: Crate, edges: dict[Crate, set[Crate]]) -> set[Crate]:
    found: set[Crate] = set()
    waiting = [root]
    while waiting:
        for crate in edges.get(waiting.pop(), set()) - found:
            found.add(crate)
            waiting.append(crate)
    return found


def component(crate: Crate, licence: str, checksum: str | None) -> dict:
    name, version = crate
    entry = {"type": "library", "name": name, "version": version}
    if licence:
        entry["licenses"] = [{"expression": licence}]
    # Without a checksum it is one of our own, of the commit that was packaged.
    if checksum:
        entry["purl"] = f"pkg:cargo/{name}@{version}"
        entry["hashes"] = [{"alg": "SHA-256", "content": checksum}]
    return entry


def main() -> None:
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    apps, features = Path(sys.argv[1]), sys.argv[2]
    services = sorted(path.name for path in apps.iterdir() if (path / "host.json").is_file())
    lock = tomllib.loads((CHECKOUT / "Cargo.lock").read_text())["package"]
    checksums = {(crate["name"], crate["version"]): crate.get("checksum") for crate in lock}
    versions = {name: version for name, version in checksums}
    edges, licences = linked(services, features)
    for carrier in [crate for crate in edges if crate[0] == CARRIER]:
        carried = (CARRIED, versions[CARRIED])
        edges[carrier].add(carried)
        licences[carried] = CARRIED_LICENCE
    for service in services:
        root = next(crate for crate in edges if crate[0] == service)
        crates = sorted(reachable(root, edges))
        document = {
            "bomFormat": "CycloneDX",
            "specVersion": "1.5",
            "version": 1,
            "metadata": {
                "component": {"type": "application", "name": service, "version": root[1]}
            },
            "components": [
                component(crate, licences[crate], checksums[crate]) for crate in crates
            ],
        }
        (apps / service / FILE).write_text(json.dumps(document, indent=1) + "\n")


if __name__ == "__main__":
    main()
