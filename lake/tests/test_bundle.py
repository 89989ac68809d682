"""What of the bundle can be checked without a workspace: shapes by Databricks' own classes, which
take any reference; references by ourselves; and that each task runs a function that there is.
"""

import copy
import importlib
import re
import tomllib
from pathlib import Path

import pytest
import yaml
from databricks.bundles.jobs import Job
from databricks.bundles.schemas import Schema

LAKE = Path(__file__).parents[1]
# What the CLI knows by itself.
BUILT_IN = {"bundle.target", "bundle.name"}
TOP = {"bundle", "include", "variables", "artifacts", "targets"}


def load():
    bundle = yaml.safe_load((LAKE / "databricks.yml").read_text())
    jobs = {}
    for pattern in bundle["include"]:
        for path in LAKE.glob(pattern):
            jobs |= yaml.safe_load(path.read_text())["resources"]["jobs"]
    return bundle, jobs


def commands():
    scripts = tomllib.loads((LAKE / "pyproject.toml").read_text())["project"]
    return scripts["name"].replace("-", "_"), scripts["scripts"]


def texts(value):
    if isinstance(value, dict):
        value = [*value.values()]
    if isinstance(value, list):
        for one in value:
            yield from texts(one)
    elif isinstance(value, str):
        yield value


def problems(bundle, jobs):
    """What does not lead anywhere, in words."""
    package, entry_points = commands()
    variables = {f"var.{name}" for name in bundle["variables"]} | BUILT_IN
    told = [f"{name} is no part of a bundle" for name in bundle.keys() - TOP]
    for text in texts([bundle, jobs]):
        for reference in re.findall(r"\$\{([^}]+)\}", text):
            if reference not in variables:
                told.append(f"${{{reference}}} is not declared")
    for target, settings in bundle["targets"].items():
        if settings.get("mode") not in ("development", "production"):
            told.append(f"{target} has no mode")
        for name in settings.get("variables", {}).keys() - bundle["variables"].keys():
            told.append(f"{target} sets {name}, which is not declared")
    for job in jobs.values():
        clusters = {cluster["job_cluster_key"] for cluster in job["job_clusters"]}
        before = set()
        for task in job["tasks"]:
            key, wheel = task["task_key"], task["python_wheel_task"]
            # In order of the file, so there is no circle either.
            for needed in task.get("depends_on", []):
                if needed["task_key"] not in before:
                    told.append(f"{key} depends on {needed['task_key']}, which is not before it")
            if task["job_cluster_key"] not in clusters:
                told.append(f"{key} runs on {task['job_cluster_key']}, which there is not")
            if wheel["package_name"] != package or wheel["entry_point"] not in entry_points:
                told.append(f"{key} runs {wheel['entry_point']}, which is no command")
            for library in task.get("libraries", []):
                # Built at deployment; its folder is the artifact's.
                if "--wheel-dir dist" not in bundle["artifacts"]["wheel"]["build"] or (
                    library != {"whl": "../dist/*.whl"}
                ):
                    told.append(f"{key} needs {library}, which is not built")
            before.add(key)
    return told


def test_the_jobs_have_the_shape_that_databricks_takes():
    _, jobs = load()
    assert jobs
    for job in jobs.values():
        Job.from_dict(job)
    spoilt = copy.deepcopy(jobs["lake"])
    spoilt["tasks"][0]["job_cluster"] = "lake"
    with pytest.raises(Exception, match="job_cluster"):
        Job.from_dict(spoilt)


def test_each_job_says_whose_cost_it_is_and_who_hears_that_it_failed():
    for job in load()[1].values():
        assert job["tags"] == {"service": "lake", "environment": "${bundle.target}"}
        told = job["email_notifications"]
        assert told["on_failure"] == ["${var.operators}"]
        # A threshold is one of a rule: without that nobody would hear of a slow run.
        assert told["on_duration_warning_threshold_exceeded"] == ["${var.operators}"]
        assert [rule["metric"] for rule in job["health"]["rules"]] == ["RUN_DURATION_SECONDS"]


def test_analysts_have_rights_on_their_views_alone():
    resources = yaml.safe_load((LAKE / "resources/lake.yml").read_text())["resources"]
    assert resources.keys() == {"jobs", "schemas"}
    for name, schema in resources["schemas"].items():
        Schema.from_dict(schema)
        assert (name, schema["catalog_name"]) == ("analysts", "${var.catalog}")


def test_a_run_that_is_asked_for_waits_and_is_not_skipped():
    for job in load()[1].values():
        assert (job["max_concurrent_runs"], job["queue"]) == (1, {"enabled": True})


def test_every_reference_of_the_bundle_leads_somewhere():
    assert problems(*load()) == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda bundle, task: bundle["variables"].pop("every"), "${var.every} is not declared"),
        (lambda bundle, task: bundle.update(target={}), "target is no part of a bundle"),
        (lambda bundle, task: bundle["targets"]["prod"].pop("mode"), "prod has no mode"),
        (lambda bundle, task: bundle["targets"]["prod"]["variables"].update(x=1),
         "prod sets x, which is not declared"),
        (lambda bundle, task: task["depends_on"][0].update(task_key="slam"),
         "publish depends on slam, which is not before it"),
        (lambda bundle, task: task.update(job_cluster_key="big"),
         "publish runs on big, which there is not"),
        (lambda bundle, task: task["python_wheel_task"].update(entry_point="proof"),
         "publish runs proof, which is no command"),
        (lambda bundle, task: task.update(libraries=[{"whl": "x.whl"}]),
         "publish needs {'whl': 'x.whl'}, which is not built"),
    ],
)
def test_a_reference_that_leads_nowhere_is_told(change, told):
    bundle, jobs = load()
    change(bundle, jobs["lake"]["tasks"][-1])
    assert told in problems(bundle, jobs)


def test_each_command_is_a_function_that_calls_what_the_tests_call():
    for name, place in commands()[1].items():
        module, function = place.split(":")
        module = importlib.import_module(module)
        task = getattr(module, function)
        assert callable(getattr(module, name)) and name in task.__code__.co_names
