"""Running detectors: with consent only, within bounds, from packages that were judged."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.detectors import FOUND, detector, named, quantum_channel, report, runs
from tests.tiny import channel, settings, tiny
from tools.forge.archive import text
from wisp.engine import detecting
from wisp.engine.borrowed import borrowed
from wisp.engine.detecting import DetectingMachine, Detection, detect
from wisp.engine.detectors import registered
from wisp.engine.gateway import ChannelAccess
from wisp.errors import HostError
from wisp.platforms import VirtualPackage

HERE = (VirtualPackage("__unix", "0", "0"), VirtualPackage("__linux", "6.1", "0"))
QUANTUM = VirtualPackage("__quantum", "1.2", "0")


def found(
    folder: Path,
    names: list[str] | None = None,
    environ: Mapping[str, str] | None = None,
    *,
    allow: bool = True,
    **machine: Any,
) -> Detection:
    """Run the detectors of a channel at `folder/chan`, with the cache `folder/cache`."""
    access = ChannelAccess(settings(folder / "cache"))
    here = {"subdir": "linux-64", "acts_as": "linux-64", "provided": HERE, "environ": environ or {}}
    rows = registered([(folder / "chan").as_uri()], "linux-64", access).accepted
    return detect(rows, names, DetectingMachine(**(here | machine)), access, lambda _: allow)


def test_what_runs_is_remembered(tmp_path: Path) -> None:
    quantum_channel(tmp_path / "chan")
    first, second = found(tmp_path), found(tmp_path)
    assert first.packages == second.packages == {"__quantum": QUANTUM}
    assert [one.state for one in (*first.findings, *second.findings)] == ["ran", "cached"]
    assert runs(tmp_path / "cache") == 1
    # rattler has taken our environment: it has fetched nothing of its own.
    assert not (tmp_path / "cache/repodata/pkgs").exists()


@pytest.mark.parametrize("why", ["denied", "not asked for", "elsewhere"])
def test_nothing_runs_or_is_installed_that_need_not(tmp_path: Path, why: str) -> None:
    quantum_channel(tmp_path / "chan")
    names = ["__other"] if why == "not asked for" else None
    more: dict[str, Any] = {"acts_as": "osx-arm64"} if why == "elsewhere" else {}
    answer = found(tmp_path, names, allow=why != "denied", **more)
    (row,) = answer.findings
    assert (answer.packages, row.state, row.denied) == ({}, "skipped", why == "denied")
    assert not list(tmp_path.glob("cache/virtual-package-detectors/envs/*"))


def test_a_variable_stands_in_for_a_detector(tmp_path: Path) -> None:
    quantum_channel(tmp_path / "chan")
    told = found(tmp_path, environ={"CONDA_OVERRIDE_QUANTUM": "3=x"}).packages
    assert told == {"__quantum": VirtualPackage("__quantum", "3", "x")}
    assert found(tmp_path, environ={"CONDA_OVERRIDE_QUANTUM": ""}).packages == {"__quantum": None}
    with pytest.raises(HostError, match="CONDA_OVERRIDE_QUANTUM is not a version"):
        found(tmp_path, environ={"CONDA_OVERRIDE_QUANTUM": "%%"})
    assert runs(tmp_path / "cache") == 0


#: What a detector does, and a word of why its answer does not count.
FAULTS = {
    "says no": ("exit 3", "3"),
    "says nothing": ("true", ""),
    "talks": ("echo hello", ""),
    "tells of others": (report({**FOUND, "__other": None}), "__other"),
    "forgets": (report({}), "__quantum"),
    "of another time": (report(version=2), "version"),
    "never ends": ("sleep 600", "1s"),
    "never stops talking": ("yes", ""),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_who_fails_costs_its_own_answer_only(tmp_path: Path, fault: str) -> None:
    commands, word = FAULTS[fault]
    good = detector("good", report({"__good": {"version": "1"}}))
    channel(tmp_path / "chan", [detector("bad", commands), good])
    named(tmp_path / "chan", {"bad": ["__quantum"], "good": ["__good"]})
    seconds = 1 if fault == "never ends" else None
    answer = found(tmp_path, seconds=seconds)
    assert answer.packages == {"__good": VirtualPackage("__good", "1", "0")}
    (failed,) = (one for one in answer.findings if one.state == "failed")
    assert failed.detector == "bad"
    assert word in failed.detail
    assert failed.detail


def test_how_it_is_run(tmp_path: Path) -> None:
    """Activated, on its dependencies, without arguments and input, its link scripts left alone."""
    script = '#!/bin/sh\ntouch "$PREFIX/linked"\n'
    activation = text("etc/conda/activate.d/a.sh", "export QUANTUM_HOME=yes\n")
    commands = (
        'test "$QUANTUM_HOME" = yes && test $# = 0 && test -z "$(cat)" && helper '
        f'&& test ! -e "$CONDA_PREFIX/linked" && {report()}'
    )
    link = text("bin/.bad-post-link.sh", script, executable=True)
    bad = detector("bad", commands, "helper", "__linux >=6", files=(link, activation))
    helper = tiny("helper", files=(text("bin/helper", "#!/bin/sh\n", executable=True),))
    channel(tmp_path / "chan", [bad, helper])
    named(tmp_path / "chan", {"bad": ["__quantum"]})
    answer = found(tmp_path)
    assert answer.packages == {"__quantum": QUANTUM}, answer.findings


@pytest.mark.parametrize("watched", ["time", "a file", "a variable"])
def test_it_runs_again_when_its_report_wants_that(
    tmp_path: Path, watched: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "watched"
    wishes: dict[str, dict[str, Any]] = {
        "time": {"ttl_seconds": 0},
        "a file": {"watch_paths": [str(file)]},
        "a variable": {"watch_env": ["QUANTUM_STATE"]},
    }
    quantum_channel(tmp_path / "chan", report(cache=wishes[watched]))
    found(tmp_path)
    if watched == "a file":
        file.write_text("new")
    if watched == "a variable":
        monkeypatch.setenv("QUANTUM_STATE", "new")
    assert [one.state for one in found(tmp_path).findings] == ["ran"]
    assert runs(tmp_path / "cache") == 2


def test_what_was_left_half_made_is_made_anew(tmp_path: Path) -> None:
    quantum_channel(tmp_path / "chan")
    found(tmp_path)
    (environment,) = (tmp_path / "cache/virtual-package-detectors/envs").iterdir()
    (environment / ".guard").write_text('"installing"')
    (environment / "bin/quantum-detector").unlink()
    for result in (tmp_path / "cache/virtual-package-detectors/results").iterdir():
        result.unlink()
    assert found(tmp_path).packages == {"__quantum": QUANTUM}
    assert (environment / ".guard").read_text() == '"ready"'


def test_a_package_that_writes_elsewhere_does_not_run(tmp_path: Path) -> None:
    evil = text("../../../out", "out")
    quantum_channel(tmp_path / "chan", files=(evil,))
    (row,) = found(tmp_path).findings
    assert row.state == "failed"
    assert "refused" in row.detail
    assert runs(tmp_path / "cache") == 0


def test_what_anybody_may_write_to_is_not_run_from(tmp_path: Path) -> None:
    quantum_channel(tmp_path / "chan")
    home = tmp_path / "cache/virtual-package-detectors"
    home.mkdir(parents=True)
    home.chmod(0o777)
    (row,) = found(tmp_path).findings
    assert row.state == "failed"
    assert "nothing is run from" in row.detail


def test_a_channel_is_judged_once_for_all_its_detectors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    telling = {name: report({f"__{name}": {"version": "1"}}) for name in ("a", "b")}
    channel(tmp_path / "chan", [detector(*one) for one in telling.items()])
    named(tmp_path / "chan", {name: [f"__{name}"] for name in telling})
    judged: list[list[str]] = []
    real = detecting._judge

    def judge(channels: Any, rows: Any, *more: Any) -> Any:
        judged.append([row.detector for row in rows])
        return real(channels, rows, *more)

    monkeypatch.setattr(detecting, "_judge", judge)
    assert set(found(tmp_path).packages) == {"__a", "__b"}
    assert [sorted(names) for names in judged] == [["a", "b"]]


def test_a_secret_that_another_thread_has_borrowed_is_one_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quantum_channel(tmp_path / "chan")
    lent: list[set[str]] = []

    def borrowing(names: Any, environ: Any) -> Any:
        lent.append(set(names))
        return borrowed(names, environ)

    monkeypatch.delenv("A_TOKEN", raising=False)  # as it is meanwhile
    monkeypatch.setattr(detecting, "borrowed", borrowing)
    found(tmp_path, environ={"A_TOKEN": "SECRET"})
    assert ["A_TOKEN" in names for names in lent] == [False, True]
