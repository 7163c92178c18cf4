"""What the forge makes: channels that rattler solves from, and prefixes that work."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tools.forge import archive, handmade
from tools.forge.build import Forge
from tools.forge.serve import Server

RATTLE = Path(__file__).with_name("rattle.py")


def rattle(channel: str, subdir: str, cache: Path, prefix: Path | None, *specs: str) -> list[str]:
    command = [sys.executable, str(RATTLE), channel, subdir, str(cache), str(prefix or "")]
    done = subprocess.run([*command, *specs], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def records(forge: Forge, subdir: str) -> dict[str, archive.Json]:
    repodata = json.loads((forge.main / subdir / "repodata.json").read_text())
    found: dict[str, archive.Json] = repodata["packages.conda"]
    return found


@pytest.fixture(scope="module")
def prefix(forge: Forge, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("installed")
    wanted = ("python", "numpy", "requests", "pip", "prefixed", "pytool", "linked", "legacy")
    rattle(forge.url, forge.subdir, folder / "cache", folder / "prefix", *wanted)
    return folder / "prefix"


def run_in(prefix: Path, program: str, *arguments: str) -> str:
    done = subprocess.run(
        [prefix / "bin" / program, *arguments],
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("module", ["ssl", "sqlite3", "ctypes", "lzma", "numpy", "requests"])
def test_an_installed_python_imports(prefix: Path, module: str) -> None:
    run_in(prefix, "python", "-c", f"import {module}")


def test_an_installed_python_knows_where_it_stands(prefix: Path, forge: Forge) -> None:
    code = "import sys, sysconfig as s; print(sys.prefix, s.get_path('purelib'))"
    library = prefix / f"lib/python{forge.minor}/site-packages"
    assert run_in(prefix, "python", "-c", code) == f"{prefix} {library}"
    variable = "import sysconfig; print(sysconfig.get_config_var('LIBDIR'))"
    assert archive.PLACEHOLDER not in run_in(prefix, "python", "-c", variable)


def test_an_installed_python_loads_its_own_libraries(prefix: Path) -> None:
    code = "print(*{line.split()[-1] for line in open('/proc/self/maps') if 'libpython' in line})"
    for library in run_in(prefix, "python", "-c", code).split():
        assert Path(library).is_relative_to(prefix)


def test_running_python_writes_nothing_below_its_standard_library(prefix: Path) -> None:
    before = sorted(prefix.rglob("*.pyc"))
    run_in(prefix, "python", "-c", "import json, asyncio, logging.config")
    assert sorted(prefix.rglob("*.pyc")) == before


def test_no_tests_and_no_foreign_packages_are_shipped(prefix: Path, forge: Forge) -> None:
    library = prefix / f"lib/python{forge.minor}"
    assert not [name for name in ("test", "idlelib", "tkinter") if (library / name).exists()]
    assert "numpy" in {entry.name for entry in (library / "site-packages").iterdir()}
    assert not list((library / "site-packages").glob("pytest*"))


def test_entry_points_and_prefixes_are_put_in_place(prefix: Path) -> None:
    assert run_in(prefix, "pytool") == "pytool 2.0"
    assert run_in(prefix, "prefixed") == f"{prefix}/share"
    binary = (prefix / "share/prefixed/where.bin").read_bytes()
    assert f"{prefix}/share\0".encode() in binary
    assert (prefix / "share/linked/alias.txt").read_text() == "real\n"
    assert (prefix / "share/legacy.txt").read_text() == "in the older format\n"


def test_pip_finds_the_installed_packages_consistent(prefix: Path) -> None:
    assert run_in(prefix, "pip", "check") == "No broken requirements found."


@pytest.mark.parametrize("subdir", handmade.PLATFORMS)
def test_python_and_numpy_can_be_solved_for_every_platform(
    forge: Forge, subdir: str, tmp_path: Path
) -> None:
    found = rattle(forge.url, subdir, tmp_path, None, "python", "numpy", "requests")
    assert f"python {forge.python}" in found


def test_the_other_python_is_a_record_without_a_file(forge: Forge, tmp_path: Path) -> None:
    found = rattle(forge.url, forge.subdir, tmp_path, None, f"python {forge.other_python}")
    assert f"python {forge.other_python}" in found
    (name,) = [
        n for n in records(forge, forge.subdir) if n.startswith(f"python-{forge.other_python}-")
    ]
    assert not (forge.main / forge.subdir / name).exists()


def test_served_channels_give_the_same_answer_from_shards(
    forge: Forge, forge_server: Server, tmp_path: Path
) -> None:
    from_files = rattle(forge.url, forge.subdir, tmp_path / "a", None, "rich", "python")
    served = f"{forge_server.url}/main"
    assert rattle(served, forge.subdir, tmp_path / "b", None, "rich", "python") == from_files
    assert "GET /main/noarch/repodata_shards.msgpack.zst" in forge_server.requests
    assert any("/main/noarch/shards/" in request for request in forge_server.requests)


@pytest.mark.parametrize("subdir", handmade.SUBDIRS)
def test_records_say_what_archives_are(forge: Forge, subdir: str) -> None:
    for filename, record in records(forge, subdir).items():
        file = forge.main / subdir / filename
        if file.exists():
            data = file.read_bytes()
            assert record["sha256"] == hashlib.sha256(data).hexdigest()
            assert record["size"] == len(data)


def test_packages_made_of_wheels_name_their_project(forge: Forge) -> None:
    known = records(forge, "noarch")
    assert known["typing_extensions-4.12.2-pyforge_0.conda"]["purls"] == [
        "pkg:pypi/typing-extensions"
    ]
    made_of_wheels = {record["name"] for record in known.values() if record.get("purls")}
    assert len(made_of_wheels) >= 15


def test_a_cut_off_finds_older_versions(forge: Forge) -> None:
    times = {
        record["version"]: record["timestamp"]
        for record in records(forge, "noarch").values()
        if record["name"] == "dated"
    }
    assert times["1.0"] < times["1.1"] < times["2.0"] < times["3.0"]
