from __future__ import annotations

import csv
import hashlib
import os
import pickle
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.unit.wheelhouse import make_project, make_wheel
from wisp.engine.safe.root import Root
from wisp.engine.uv import Uv, UvError
from wisp.engine.uv_install import (
    WheelInstallation,
    install_wheels,
    installation_error,
    mark_as_ours,
)
from wisp.engine.wheels import InstalledWheel, installed_wheels
from wisp.errors import FetchError, InstallError
from wisp.specs.pypi import PypiOptions
from wisp.specs.records import PypiRecord

Wanted = Callable[..., WheelInstallation]


@pytest.fixture
def wanted(tmp_path: Path, prefix: Path) -> Wanted:
    def make(*records: PypiRecord, **fields: object) -> WheelInstallation:
        values: dict[str, object] = {"prefix": prefix, "python": prefix / "bin/python"}
        values |= {"root": tmp_path, **fields}
        return WheelInstallation(records=records, **values)  # type: ignore[arg-type]

    return make


def record(wheel: Path, **fields: str) -> PypiRecord:
    name, version = wheel.name.split("-")[:2]
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    plain = PypiRecord(
        location=f"./{wheel.parent.name}/{wheel.name}", name=name, version=version, sha256=digest
    )
    return replace(plain, **fields)  # type: ignore[arg-type]


def ours(prefix: Path) -> dict[str, InstalledWheel]:
    return {wheel.name: wheel for wheel in installed_wheels(prefix)}


def state(folder: Path) -> dict[str, tuple[int, int]]:
    files = (
        path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in str(path)
    )
    return {str(path): (path.stat().st_mtime_ns, path.stat().st_ino) for path in files}


def test_a_wheel_is_installed_and_marked_as_ours(
    uv: Uv, prefix: Path, wanted: Wanted, tmp_path: Path
) -> None:
    wheel = make_wheel(tmp_path / "w", "alpha", text="x = 1\n")
    install_wheels(uv, wanted(record(wheel)))
    alpha = ours(prefix)["alpha"]
    assert (alpha.version, alpha.installer) == ("1.0", "uv-pixi")
    python = [str(prefix / "bin/python"), "-c", "import alpha; print(alpha.x)"]
    assert subprocess.run(python, capture_output=True, text=True, check=True).stdout == "1\n"


def test_the_record_file_stays_true(uv: Uv, prefix: Path, wanted: Wanted, tmp_path: Path) -> None:
    import base64

    install_wheels(uv, wanted(record(make_wheel(tmp_path / "w", "alpha"))))
    folder = ours(prefix)["alpha"].folder
    for path, digest, size in csv.reader((folder / "RECORD").read_text().splitlines()):
        if digest:
            data = (folder.parent / path).read_bytes()
            expected = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=")
            assert (digest, size) == (f"sha256={expected.decode()}", str(len(data))), path


def test_installing_again_touches_nothing(
    uv: Uv, prefix: Path, wanted: Wanted, tmp_path: Path
) -> None:
    job = wanted(record(make_wheel(tmp_path / "w", "alpha")))
    install_wheels(uv, job)
    before = state(prefix)
    install_wheels(uv, job)
    assert state(prefix) == before


def test_the_mark_never_reaches_the_cache_of_uv(
    uv: Uv, prefix: Path, wanted: Wanted, tmp_path: Path
) -> None:
    install_wheels(uv, wanted(record(make_wheel(tmp_path / "w", "alpha"))))
    for cached in uv.cache_dir.rglob("INSTALLER"):
        assert cached.read_text().strip() != "uv-pixi"
    hard_linked = ours(prefix)["alpha"].folder / "RECORD"
    assert hard_linked.stat().st_nlink == 1


def test_another_version_takes_the_place_of_the_old_one(
    uv: Uv, prefix: Path, wanted: Wanted, tmp_path: Path
) -> None:
    for version in ("1.0", "2.0"):
        install_wheels(uv, wanted(record(make_wheel(tmp_path / "w", "alpha", version))))
    assert ours(prefix)["alpha"].version == "2.0"
    assert len([w for w in installed_wheels(prefix) if w.name == "alpha"]) == 1


def test_packages_of_others_stay(uv: Uv, prefix: Path, wanted: Wanted, tmp_path: Path) -> None:
    install_wheels(uv, wanted(record(make_wheel(tmp_path / "w", "alpha"))))
    before = state(ours(prefix)["alpha"].folder)
    install_wheels(uv, wanted(record(make_wheel(tmp_path / "w", "beta"))))
    assert state(ours(prefix)["alpha"].folder) == before


def test_a_wanted_package_that_a_user_installed_becomes_ours(
    uv: Uv, prefix: Path, wanted: Wanted, tmp_path: Path
) -> None:
    job = wanted(record(make_wheel(tmp_path / "w", "alpha", text="x = 1\n")))
    install_wheels(uv, job)
    alpha = ours(prefix)["alpha"]
    (alpha.folder / "INSTALLER").write_text("pip\n")
    module = alpha.folder.parent / "alpha.py"
    module.unlink()
    module.write_text("x = 'altered'\n")
    install_wheels(uv, job)
    assert ours(prefix)["alpha"].installer == "uv-pixi"
    assert module.read_text() == "x = 1\n"


def test_what_shall_be_reinstalled_is_put_there_anew(
    uv: Uv, prefix: Path, wanted: Wanted, tmp_path: Path
) -> None:
    job = wanted(record(make_wheel(tmp_path / "w", "alpha", text="x = 1\n")))
    install_wheels(uv, job)
    module = ours(prefix)["alpha"].folder.parent / "alpha.py"
    module.unlink()
    install_wheels(uv, job)
    assert not module.exists()
    install_wheels(uv, replace(job, reinstall=frozenset({"alpha"})))
    assert module.exists()


@pytest.mark.parametrize("editable", [True, False])
def test_a_folder_is_installed_in_place_only_where_asked(
    uv: Uv, prefix: Path, wanted: Wanted, tmp_path: Path, editable: bool
) -> None:
    project = make_project(tmp_path / "mine", "mine")
    names = frozenset({"mine"}) if editable else frozenset[str]()
    install_wheels(uv, wanted(PypiRecord(location="./mine", name="mine"), editable=names))
    before = state(prefix)
    install_wheels(uv, wanted(PypiRecord(location="./mine", name="mine"), editable=names))
    assert state(prefix) == before
    mine = ours(prefix)["mine"]
    assert mine.direct_url is not None
    assert mine.direct_url["dir_info"]["editable"] is editable
    (project / "mine.py").write_text("x = 'new'\n")
    python = [str(prefix / "bin/python"), "-c", "import mine; print(getattr(mine, 'x', 'old'))"]
    done = subprocess.run(python, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ("new" if editable else "old")


def test_a_changed_file_is_refused_by_its_digest(
    uv: Uv, prefix: Path, wanted: Wanted, tmp_path: Path
) -> None:
    wheel = make_wheel(tmp_path / "w", "alpha")
    with pytest.raises(FetchError, match="digest"):
        install_wheels(uv, wanted(record(wheel, sha256="0" * 64)))
    assert "alpha" not in ours(prefix)


def test_a_missing_file_is_an_error_that_says_which(uv: Uv, wanted: Wanted, tmp_path: Path) -> None:
    wheel = make_wheel(tmp_path / "w", "alpha")
    lost = wanted(record(wheel))
    wheel.unlink()
    with pytest.raises(InstallError) as failure:
        install_wheels(uv, lost)
    assert "alpha-1.0-py3-none-any.whl" in str(failure.value.causes[0])


@pytest.mark.parametrize(
    ("said", "help_"),
    [
        ("Network connectivity is disabled, but the requested data wasn't found", "offline mode"),
        ("client error (Connect)\n    cause: dns error", "check the network connection"),
    ],
)
def test_a_failed_download_says_what_may_help(said: str, help_: str) -> None:
    text = (
        f"Using Python 3.12.1 environment at: x\nerror: Failed to download `a`\n  cause: {said}\n"
    )
    failure = installation_error(UvError(1, text))
    assert str(failure.causes[0]).startswith("error: Failed to download `a`\n")
    assert help_ in failure.hints[0]


def test_a_failing_build_tells_what_the_back_end_said(
    uv: Uv, prefix: Path, wanted: Wanted, tmp_path: Path
) -> None:
    project = make_project(tmp_path / "bad", "bad")
    (project / "backend.py").write_text("raise SystemExit('no compiler in sight')\n")
    with pytest.raises(InstallError) as failure:
        install_wheels(uv, wanted(PypiRecord(location="./bad", name="bad")))
    assert "no compiler in sight" in str(failure.value.causes[0])


def test_packages_without_isolation_come_last_and_see_the_others(
    uv: Uv, prefix: Path, wanted: Wanted, tmp_path: Path
) -> None:
    wheel = make_wheel(tmp_path / "w", "helper", text="value = 7\n")
    project = make_project(tmp_path / "late", "late")
    backend = (project / "backend.py").read_text()
    (project / "backend.py").write_text(f"import helper\n{backend}")
    options = PypiOptions(no_build_isolation=("late",))
    late = PypiRecord(location="./late", name="late")
    install_wheels(uv, wanted(late, record(wheel), options=options))
    assert {"late", "helper"} <= set(ours(prefix))


def test_uv_holds_the_lock_of_the_prefix_while_it_works(
    uv: Uv, wanted: Wanted, tmp_path: Path
) -> None:
    import fcntl

    gate, begun = tmp_path / "gate", tmp_path / "begun"
    project = make_project(tmp_path / "slow", "slow")
    backend = (project / "backend.py").read_text()
    waiting = (
        f"import os, time\nopen({str(begun)!r}, 'w').close()\n"
        f"while not os.path.exists({str(gate)!r}): time.sleep(0.05)\n"
    )
    (project / "backend.py").write_text(waiting + backend)
    lock = tmp_path / "lock"
    job = tmp_path / "job"
    job.write_bytes(pickle.dumps((uv, wanted(PypiRecord(location="./slow", name="slow")))))
    child = subprocess.Popen([sys.executable, "-c", _HOLDER, str(lock), str(job)])
    while not begun.exists():
        assert child.poll() is None, "uv has to build the project"
        time.sleep(0.05)
    child.kill()
    child.wait()
    probe = os.open(lock, os.O_RDWR)
    try:
        with pytest.raises(BlockingIOError):
            fcntl.flock(probe, fcntl.LOCK_EX | fcntl.LOCK_NB)
        gate.touch()
        fcntl.flock(probe, fcntl.LOCK_EX)
    finally:
        os.close(probe)


_HOLDER = """
import fcntl, os, pickle, sys
from pathlib import Path
from wisp.engine.uv_install import install_wheels
from wisp.values import replace

held = os.open(sys.argv[1], os.O_RDWR | os.O_CREAT)
fcntl.flock(held, fcntl.LOCK_EX)
uv, job = pickle.loads(Path(sys.argv[2]).read_bytes())
install_wheels(uv, replace(job, held=held))
"""


def test_marking_keeps_odd_rows_of_a_record(tmp_path: Path) -> None:
    folder = tmp_path / "odd-1.dist-info"
    folder.mkdir()
    (folder / "INSTALLER").write_text("uv")
    rows = '"a, b.py",sha256=x,1\nodd-1.dist-info/INSTALLER,sha256=y,2\nodd-1.dist-info/RECORD,,\n'
    (folder / "RECORD").write_text(rows)
    mark_as_ours(InstalledWheel("odd", "1", folder, "uv"), tmp_path, Root(tmp_path))
    assert (folder / "INSTALLER").read_text() == "uv-pixi"
    first, second, third = (folder / "RECORD").read_text().splitlines()
    assert first == '"a, b.py",sha256=x,1'
    assert second.endswith(",7")
    assert third == "odd-1.dist-info/RECORD,,"
