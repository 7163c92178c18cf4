"""Environments, features and tasks as listings show them."""

from __future__ import annotations

from pathlib import Path

import pytest

from wisp.api.places import Places
from wisp.api.views.describe import (
    Machine,
    describe_environments,
    describe_features,
    outline_environments,
)
from wisp.api.views.describe_tasks import task_listing
from wisp.console.declared_list import environment_lines, feature_lines, task_table
from wisp.errors import ManifestError
from wisp.manifest.read import load_text
from wisp.platforms import VirtualPackage

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.api.machine_platform import Runnability

MANIFEST = load_text(
    """
[workspace]
name = "shop"
channels = ["main"]
platforms = ["linux-64", { name = "gpu", platform = "linux-64", cuda = "12" }, "win-64"]

[dependencies]
NumPy = "*"
[target.unix.dependencies]
zlib = "*"
[pypi-dependencies]
Attrs = "*"

[tasks]
run = { cmd = ["serve", "a b"], env = { A = "1" }, description = "Serve" }
_setup = "prepare"
[target.linux.tasks]
run = "serve --linux"
only = [{ task = "run", args = ["x", { y = "z" }] }]

[feature.test]
platforms = ["win-64"]
tasks = { check = "pytest" }
dependencies = { numpy = ">=2" }

[environments]
test = { features = ["test"], solve-group = "g" }
extra = { no-default-feature = true, dependencies = { own = "*" }, tasks = { mine = "m" } }
""",
    Path("/w/pixi.toml"),
)
PLACES = Places(folder=Path("/w"), lock=Path("/w/pixi.lock"), environments=Path("/w/envs"))
LINUX = Machine("linux-64", (VirtualPackage("__glibc", "2.36"),))


def test_environment_is_described_for_the_machine() -> None:
    default, test, extra = describe_environments(MANIFEST, LINUX, PLACES)
    assert default.dependencies == ("NumPy", "zlib")
    assert default.pypi_dependencies == ("Attrs",)
    assert default.tasks == ("run", "_setup", "only")
    assert default.prefix == Path("/w/envs/default")
    assert (test.features, test.solve_group) == (("test", "default"), "g")
    assert (extra.features, extra.channels, extra.tasks) == ((), ("main",), ("mine",))


def test_environment_of_other_machines_shows_what_holds_everywhere() -> None:
    _, test, _ = describe_environments(MANIFEST, LINUX, PLACES)
    assert [platform.name for platform in test.platforms] == ["win-64"]
    assert test.tasks == ("check", "run", "_setup")


def test_json_has_the_keys_that_programs_rely_on() -> None:
    data = describe_environments(MANIFEST, LINUX, PLACES)[0].as_json()
    assert list(data) == [
        "name",
        "features",
        "solve_group",
        "environment_size",
        "dependencies",
        "pypi_dependencies",
        "platforms",
        "resolved_platform",
        "minimum_supported_platform",
        "tasks",
        "channels",
        "prefix",
    ]
    assert data["platforms"][1] == {
        "name": "gpu",
        "subdir": "linux-64",
        "virtual_packages": ["cuda=12"],
    }


def test_environment_list_shows_content_written_into_it() -> None:
    assert list(environment_lines(outline_environments(MANIFEST))) == [
        "Environments:",
        "- default:",
        "    features: default",
        "- test:",
        "    features: test, default",
        "    solve_group: g",
        "- extra:",
        "    features: ",
        "    dependencies: own",
        "    tasks: mine",
    ]


def test_feature_list_shows_what_holds_everywhere() -> None:
    assert list(feature_lines(describe_features(MANIFEST))) == [
        "Features:",
        "- default:",
        "    dependencies: NumPy",
        "    pypi-dependencies: Attrs",
        "    tasks: run, _setup",
        "- test:",
        "    dependencies: numpy",
        "    tasks: check",
    ]


def _runs(environment: str) -> Runnability:
    return "not runnable here" if environment == "test" else "by design"


def test_task_table_hides_and_marks() -> None:
    listing = task_listing(MANIFEST, LINUX.subdir, LINUX.provided, runs=_runs)
    assert [(row.name, row.runnable) for row in listing.rows] == [
        ("check", False),
        ("mine", True),
        ("only", True),
        ("run", True),
    ]
    assert listing.summary == (
        ("default", "by design", ("only", "run")),
        ("test", "not runnable here", ("check", "run")),
        ("extra", "by design", ("mine",)),
    )
    assert task_table(listing)[0] == "Task   Description"


def test_task_json_shows_general_definitions_and_environments_sorted() -> None:
    data = task_listing(MANIFEST, LINUX.subdir, LINUX.provided).data
    assert [entry["environment"] for entry in data] == ["default", "extra", "test"]
    tasks = {task["name"]: task for task in data[0]["features"][0]["tasks"]}
    assert tasks["run"]["cmd"] == "serve a b"
    assert tasks["run"]["env"] == {"A": "1"}
    assert tasks["only"]["cmd"] is None
    assert tasks["only"]["depends_on"] == [
        {
            "task_name": "run",
            "args": [{"Positional": "x"}, {"Named": ["y", "z"]}],
            "environment": None,
        }
    ]
    assert [task["name"] for task in data[1]["tasks"]] == ["mine"]


def test_tasks_of_one_environment_can_be_asked_for() -> None:
    listing = task_listing(MANIFEST, LINUX.subdir, LINUX.provided, "extra")
    assert listing.names == ("mine",)
    with pytest.raises(ManifestError, match="unknown environment 'nope'"):
        task_listing(MANIFEST, LINUX.subdir, LINUX.provided, "nope")
