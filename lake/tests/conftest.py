"""One Spark session for all tests, and one made-up world that most of them look at."""

import shutil

import pytest
import world as worlds
from payme_lake import jobs
from payme_lake.tables import Tables

import local

SEED = 20261129


@pytest.fixture(scope="session")
def spark(tmp_path_factory):
    spark = local.session(tmp_path_factory.mktemp("scratch"))
    yield spark
    spark.stop()


@pytest.fixture(scope="session")
def world():
    return worlds.World(SEED).trouble()


@pytest.fixture(scope="session")
def captured(world, tmp_path_factory):
    """All of the world's capture files, and with them some that are none."""
    folder = tmp_path_factory.mktemp("captured")
    world.capture(folder)
    world.capture_late(folder)
    worlds.spoil(folder)
    return folder


@pytest.fixture(scope="session")
def batch(spark, captured, tmp_path_factory):
    """The tables, made of all files at once."""
    tables = Tables(spark, f"{tmp_path_factory.mktemp('batch')}/{{layer}}")
    jobs.refine_anew(spark, str(captured), tables, local.KEY)
    run_task("stage", captured, tables)
    run_task("slim", captured, tables)
    return tables


def run_task(name, captured, tables, *more):
    """Runs a task of the job as its command does."""
    arguments = [name, "--captured", str(captured), "--tables", tables.where, *more]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.argv", arguments)
        patch.setenv(jobs.KEY_SETTING, local.KEY.decode())
        getattr(jobs, f"{name}_task")()


@pytest.fixture
def copy(captured, tmp_path):
    """The captured files, to be changed."""
    return shutil.copytree(captured, tmp_path / "captured")
