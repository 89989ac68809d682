#!/usr/bin/env python3
"""Packs each function app below a folder into a zip, the same bytes for the same content.

usage: ops/zip_apps.py APPS OUT
"""

import sys
import zipfile
from pathlib import Path
from stat import S_IFREG

# The earliest time a zip can hold: when a file was built says nothing about what is in it.
FIXED_TIME = (1980, 1, 1, 0, 0, 0)
HANDLER = "handler"


def pack(app: Path, archive: Path) -> None:
    """Writes the files of `app` in the order of their names; only the handler may be executed."""
    files = sorted(path for path in app.rglob("*") if path.is_file())
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as out:
        for file in files:
            entry = zipfile.ZipInfo(file.relative_to(app).as_posix(), FIXED_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # Unix: only then are the permissions below read
            permissions = 0o755 if entry.filename == HANDLER else 0o644
            entry.external_attr = (S_IFREG | permissions) << 16
            out.writestr(entry, file.read_bytes())


def main() -> None:
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    apps, out = Path(sys.argv[1]), Path(sys.argv[2])
    print(f"{'service':<20} {'handler':>10} {'zip':>10}")
    for app in sorted(path for path in apps.iterdir() if (path / "host.json").is_file()):
        archive = out / f"{app.name}.zip"
        pack(app, archive)
        megabytes = [path.stat().st_size / 1e6 for path in (app / HANDLER, archive)]
        print(f"{app.name:<20} {megabytes[0]:>7.1f} MB {megabytes[1]:>7.1f} MB")


if __name__ == "__main__":
    main()
