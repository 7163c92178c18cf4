"""Verdicts on whole workspaces, a folder each: `cases/satisfied` and `cases/mismatch`.

`reasons` in a case of the second kind has a line for each reason: what it makes stale, its class,
and what it says.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from wisp.lock.facts import NO_FACTS, SourceFacts
from wisp.lock.mismatch import Mismatch
from wisp.lock.mismatch_platform import NeedsBackend
from wisp.lock.model import LockFile
from wisp.lock.read import read
from wisp.lock.satisfy import check
from wisp.lock.write import write
from wisp.manifest.read import load
from wisp.specs.inputs import EnvironmentInputs
from wisp.specs.metadata import CoreMetadata
from wisp.workspace.compose import all_inputs

CASES = Path(__file__).parents[2] / "cases"
MISMATCHES = sorted((CASES / "mismatch").iterdir())
SATISFIED = sorted((CASES / "satisfied").iterdir())


def opened(folder: Path) -> tuple[LockFile, list[EnvironmentInputs], list[str]]:
    manifest = load(folder / "pixi.toml")
    inputs = list(all_inputs(manifest, datetime(2026, 1, 1, tzinfo=UTC)))
    text = (folder / "pixi.lock").read_text(encoding="utf-8")
    platforms = {one.platform.name: one.platform for one in inputs}
    return read(text, "pixi.lock", tuple(platforms.values())), inputs, list(manifest.environments)


def verdict(folder: Path, facts: SourceFacts = NO_FACTS) -> list[Mismatch]:
    lock, inputs, environments = opened(folder)
    return check(lock, inputs, facts, environments)


def line(reason: Mismatch) -> str:
    reach = reason.level + (" discards" if reason.discards else "")
    return f"{reach}: {type(reason).__name__}: {reason.message}"


@pytest.mark.parametrize("folder", MISMATCHES, ids=lambda folder: folder.name)
def test_a_mismatch_is_told_with_its_reason_and_reach(folder: Path) -> None:
    wanted = (folder / "reasons").read_text(encoding="utf-8").splitlines()
    assert [line(reason) for reason in verdict(folder)] == wanted


@pytest.mark.parametrize("folder", SATISFIED, ids=lambda folder: folder.name)
def test_a_lock_that_fits_has_no_reasons_before_and_after_it_is_written(folder: Path) -> None:
    lock, inputs, environments = opened(folder)
    assert check(lock, inputs, environments=environments) == []
    platforms = tuple({one.platform.name: one.platform for one in inputs}.values())
    again = read(write(lock), "pixi.lock", platforms)
    assert check(again, inputs, environments=environments) == []


HERE = CoreMetadata(name="here", requires_dist=("attrs >=99",))


def test_unchanged_metadata_of_a_local_project_fits() -> None:
    facts = SourceFacts(projects={"./here": HERE})
    assert verdict(CASES / "satisfied" / "git-and-path", facts) == []


@pytest.mark.parametrize(
    ("now", "message"),
    [
        (
            CoreMetadata(name="here", requires_dist=("attrs>=99", "numpy", "rest")),
            "metadata for local package 'here' has changed: dependencies changed - "
            "added: [numpy, rest], removed: []",
        ),
        (
            CoreMetadata(name="here", requires_dist=("attrs>=99",), requires_python=">=3.9"),
            "metadata for local package 'here' has changed: requires-python changed from none "
            "to >=3.9",
        ),
    ],
)
def test_changed_metadata_of_a_local_project_makes_pypi_stale(
    now: CoreMetadata, message: str
) -> None:
    facts = SourceFacts(projects={"./here": now})
    (reason,) = verdict(CASES / "satisfied" / "git-and-path", facts)
    assert (reason.level, reason.message) == ("pypi", message)


def test_a_local_project_that_cannot_be_read_makes_pypi_stale() -> None:
    facts = SourceFacts(unreadable={"./here": "it is no Python project"})
    (reason,) = verdict(CASES / "satisfied" / "git-and-path", facts)
    assert reason.level == "pypi"
    assert reason.message == (
        "the metadata of local package 'here' is not known: it is no Python project"
    )


def test_a_back_end_that_confirmed_a_source_settles_it() -> None:
    folder = CASES / "mismatch" / "needs-backend"
    assert verdict(folder) == [
        NeedsBackend(environment="default", platform="linux-64", package="app", location="app")
    ]
    assert verdict(folder, SourceFacts(unchanged_sources=frozenset({"app"}))) == []


def test_reasons_are_whole_sentences() -> None:
    (reason,) = verdict(CASES / "mismatch" / "duplicate")
    assert str(reason) == (
        "the dependencies of environment 'default' for platform linux-64 are out of date because "
        "there was a duplicate entry for 'lib'"
    )
