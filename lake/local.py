"""The lake on this machine: `python lake/local.py CAPTURED LAKE [PEOPLE]` runs all of it, forgets
these people first, and prints what came of it. `session` is also that of the tests.
"""

import os
import shutil
import sys
from pathlib import Path

from pyspark.sql import SparkSession

JARS = Path(__file__).parent.parent / ".local/tools/lake-jars"
SRC = Path(__file__).parent / "src"
# Of this machine only: what is made with it belongs to nobody.
KEY = b"only-for-this-machine-and-its-tests"


def session(folder, more=None):
    """Spark with Delta on two cores, its scratch files below `folder`; `more` settings win."""
    os.environ["PYSPARK_PYTHON"] = sys.executable
    os.environ["PYTHONPATH"] = str(SRC)
    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    settings = {
        "spark.jars": ",".join(map(str, sorted(JARS.glob("*.jar")))),
        "spark.sql.extensions": "io.delta.sql.DeltaSparkSessionExtension",
        "spark.sql.catalog.spark_catalog": "org.apache.spark.sql.delta.catalog.DeltaCatalog",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.shuffle.partitions": "2",
        "spark.default.parallelism": "2",
        "spark.databricks.delta.snapshotPartitions": "1",
        "spark.sql.sources.parallelPartitionDiscovery.parallelism": "2",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.driver.memory": "1g",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.local.dir": str(folder),
        "spark.sql.warehouse.dir": str(Path(folder) / "warehouse"),
        # Small data, short lives: what would pay later costs now.
        "spark.sql.adaptive.enabled": "false",
        "spark.sql.codegen.wholeStage": "false",
        "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    }
    builder = SparkSession.builder.master("local[2]").appName("lake")
    for name, value in (settings | (more or {})).items():
        builder = builder.config(name, value)
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    return spark


def main():
    from payme_lake import jobs
    from payme_lake.tables import Tables

    captured, lake = (Path(argument).resolve() for argument in sys.argv[1:3])
    people = jobs.people_of("".join(sys.argv[3:]))
    lake.mkdir(parents=True, exist_ok=True)
    # A session that was ended leaves there what it had read.
    shutil.rmtree(lake / "scratch", ignore_errors=True)
    spark = session(lake / "scratch")
    tables = Tables(spark, f"{lake}/{{layer}}")
    seconds, told = jobs.run_all(spark, str(captured), tables, f"{lake}/checkpoint", KEY, people)
    jobs.report(tables, seconds)
    print(f"charts: {lake}/gold/_charts/index.html")
    print("\n".join(told) or "proven: each file is there once, each sum is that of the ledger")
    spark.stop()
    sys.exit(1 if told else 0)


if __name__ == "__main__":
    sys.path.insert(0, str(SRC))
    main()
