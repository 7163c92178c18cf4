"""Names that become paths: of groups, tasks, workspaces, and of files that wheels bring."""

from __future__ import annotations

import contextlib
import hashlib
import os
from pathlib import Path

import pytest

from tests.sandbox import CommandLine
from tests.trees import content, differences
from tests.unit.wheelhouse import make_wheel
from wisp.engine.pypi_stubs import stub_wheel
from wisp.engine.safe.root import Root
from wisp.engine.uv import Uv
from wisp.engine.uv_install import WheelInstallation, install_wheels
from wisp.engine.wheel_removal import remove_wheel
from wisp.engine.wheels import installed_wheels
from wisp.errors import InstallError, ManifestError, WispError
from wisp.lock.entries import conda_record
from wisp.manifest.read import load_text
from wisp.specs.package_names import pypi_names
from wisp.specs.records import PypiRecord

pytestmark = pytest.mark.forked

HEAD = '[workspace]\nname = "{name}"\nchannels = []\nplatforms = ["linux-64"]\n'


def install(uv: Uv, prefix: Path, *wheels: Path) -> None:
    rows = tuple(
        PypiRecord(
            location=str(wheel),
            name=wheel.name.partition("-")[0],
            version="1.0",
            sha256=hashlib.sha256(wheel.read_bytes()).hexdigest(),
        )
        for wheel in wheels
    )
    python = prefix / "bin" / "python"
    root = wheels[0].parent
    wanted = WheelInstallation(prefix=prefix, python=python, root=root, records=rows)
    install_wheels(uv, wanted)


@pytest.mark.parametrize("name", ["/x/prod", "../../prod", "a/b", "..", "", "a\\\\b", "C:x"])
def test_a_solve_group_is_one_part_of_a_path(tmp_path: Path, name: str) -> None:
    """Row 6."""
    text = f'{HEAD.format(name="w")}[environments]\nx = {{ solve-group = "{name}" }}\n'
    with pytest.raises(ManifestError, match="solve group"):
        load_text(text, tmp_path / "pixi.toml", "pixi")


@pytest.mark.parametrize("name", ["/victim/evil", "../evil", "a\nb", ""])
def test_a_name_of_a_purl_is_no_path(tmp_path: Path, name: str) -> None:
    """Row 7."""
    with pytest.raises(WispError):
        stub_wheel(tmp_path / "stubs", name, "1.0")
    assert not (tmp_path / "stubs").exists()


@pytest.mark.parametrize("name", ["../evil", "/victim/evil", "..%2Fevil", "a%00b", ""])
def test_a_purl_of_a_package_gives_no_path_for_a_name(name: str) -> None:
    """Row 7, where channels and locks are read."""
    assert pypi_names((f"pkg:pypi/{name}@1.0", "pkg:pypi/good")) == ("good",)


@pytest.mark.parametrize("path", ["../../victim", "/victim", "lib/../../x", "", "a\\..\\b", "bin"])
def test_a_lock_may_not_say_where_site_packages_lie_outside(path: str) -> None:
    """Row 1, where a lock is read."""
    entry = {"sha256": "0" * 64, "python_site_packages_path": path}
    with pytest.raises(ValueError, match="python_site_packages_path"):
        conda_record("https://x.example/noarch/python-3.12-0.conda", entry)


def test_a_detached_prefix_stays_among_the_detached(wisp: CommandLine, tmp_path: Path) -> None:
    """Row 8."""
    folder, away = tmp_path / "w", tmp_path / "a" / "b" / "away"
    folder.mkdir()
    (folder / "pixi.toml").write_text(HEAD.format(name="../../victim/n"))
    wisp("config", "set", "--global", "detached-environments", str(away), cwd=folder).success()
    wisp("install", cwd=folder).success()
    assert {path.name for path in (tmp_path / "a").iterdir()} == {"b"}
    assert len(list(away.iterdir())) == 1


def test_a_task_names_no_file_elsewhere(wisp: CommandLine, tmp_path: Path) -> None:
    folder, victim = tmp_path / "w", tmp_path / "victim"
    victim.mkdir()
    name = "../../../../victim/x"
    (folder / ".pixi" / "task-cache-v0" / "default-..").mkdir(parents=True)
    (folder / "pixi.toml").write_text(
        f"{HEAD.format(name='w')}[tasks]\n"
        f'"{name}" = {{ cmd = "echo said", inputs = ["pixi.toml"] }}\n'
    )
    for _ in range(2):
        wisp("run", name, cwd=folder).success()
    assert list(victim.iterdir()) == []


@pytest.mark.parametrize("path", ["conda-meta/evil-1-0.json", "conda-meta/history", "Conda-Meta/x"])
def test_a_wheel_brings_no_records_of_conda(
    uv: Uv, prefix: Path, tmp_path: Path, path: str
) -> None:
    """Row 4."""
    (prefix / "conda-meta").mkdir()
    (prefix / "conda-meta" / "good-1-0.json").write_text("{}")
    before = content(prefix / "conda-meta")
    wheel = make_wheel(
        tmp_path / "w", "alpha", more={f"alpha-1.0.data/data/{path}": '{"files": ["x"]}'}
    )
    with pytest.raises(InstallError, match="records of conda"):
        install(uv, prefix, wheel)
    assert differences(before, content(prefix / "conda-meta")) == []
    assert not os.path.lexists(prefix / path)


@pytest.mark.parametrize("ends", ["data/lib", "scripts/folder/x", "odd/x"])
@pytest.mark.parametrize("path", ["evil-1-0.json", "good-1-0.json", "state/x"])
def test_a_wheel_brings_no_records_of_conda_and_leaves_nothing_where_it_fails(
    uv: Uv, prefix: Path, tmp_path: Path, path: str, ends: str
) -> None:
    """Row 311: what uv did not finish is in no RECORD, and has no mark by which it could leave."""
    records = prefix / "conda-meta"
    records.mkdir()
    (records / "good-1-0.json").write_text("{}")
    before = content(prefix)
    data = "alpha-1.0.data"
    brought = {f"{data}/data/conda-meta/{path}": '{"files": []}', f"{data}/{ends}": "x"}
    with pytest.raises(InstallError):
        install(uv, prefix, make_wheel(tmp_path / "w", "alpha", more=brought))
    after = content(prefix)
    replaced = {"conda-meta/good-1-0.json"}  # gone if it was, so that it is linked anew
    assert {name: row for name, row in before.items() if name not in replaced}.items() <= (
        after.items()
    )
    assert after.keys() <= before.keys() | {".lock"}  # of uv itself
    if "conda-meta/good-1-0.json" in after:
        assert (records / "good-1-0.json").read_text() == "{}"


@pytest.mark.parametrize("row", ["good-1-0.json", "mine/x", "mine", "mine/..", "..", "", "."])
def test_a_row_takes_nothing_of_conda_away(uv: Uv, prefix: Path, tmp_path: Path, row: str) -> None:
    """Row 443: what a RECORD says to have come with a wheel may have been there before."""
    wheel = make_wheel(tmp_path / "w", "alpha")
    install(uv, prefix, wheel)
    info = installed_wheels(prefix)[0].folder
    (info / "INSTALLER").write_text("uv")
    with (info / "RECORD").open("a") as rows:
        rows.write(f"../../../conda-meta/{row},,\n")
    records = prefix / "conda-meta"
    (records / "mine").mkdir(parents=True)
    for name in ("good-1-0.json", "mine/x"):
        (records / name).write_text("{}")
    before = content(records)
    with contextlib.suppress(InstallError):
        install(uv, prefix, wheel)
    assert differences(before, content(records)) == []


def test_a_failure_takes_no_wheel_away_that_was_there_before(
    uv: Uv, prefix: Path, tmp_path: Path
) -> None:
    """Some put wheels there without saying who they are."""
    install(uv, prefix, make_wheel(tmp_path / "w", "alpha"))
    (installed_wheels(prefix)[0].folder / "INSTALLER").unlink()
    before = content(prefix)
    odd = make_wheel(tmp_path / "odd", "beta", tag="py2-none-any")
    with pytest.raises(WispError):
        install(uv, prefix, make_wheel(tmp_path / "w", "alpha"), odd)
    assert differences(before, content(prefix)) == []


def test_a_wheel_that_claims_a_record_does_not_take_it_away(
    uv: Uv, prefix: Path, tmp_path: Path
) -> None:
    install(uv, prefix, make_wheel(tmp_path / "w", "alpha"))
    kept = prefix / "conda-meta" / "good-1-0.json"
    kept.parent.mkdir()
    kept.write_text("{}")
    wheel = next(one for one in installed_wheels(prefix) if one.name == "alpha")
    with (wheel.folder / "RECORD").open("a") as rows:
        rows.write("../../../conda-meta/good-1-0.json,,\n")
    remove_wheel(Root(prefix), wheel, prefix, ())
    assert kept.exists()
    assert not wheel.folder.exists()
