"""Trains the model on its towns, judges it on others, and prints what came of it: the figures of
its card in README.md.
"""

import sys
import tempfile

import local


def main():
    from payme_lake import model

    with tempfile.TemporaryDirectory() as scratch:
        spark = local.session(scratch)
        report = model.card(spark)
        spark.stop()
    for name, columns in report.items():
        print(f"{name:<24}" + "".join(f"{value:>15}" for value in columns))


if __name__ == "__main__":
    sys.path.insert(0, str(local.SRC))
    main()
