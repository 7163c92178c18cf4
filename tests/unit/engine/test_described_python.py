"""uv puts wheels where they belong for a Python that cannot run here."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tools.forge.build import Forge
from tools.forge.serve import Server
from wisp.engine.described_python import PythonDescription, write_described_python
from wisp.engine.uv import Uv
from wisp.errors import InstallError


def described(folder: Path, subdir: str = "linux-aarch64") -> PythonDescription:
    return PythonDescription(
        version="3.12.4",
        subdir=subdir,
        folder=folder,
        place="/opt/conda",
        site_packages="lib/python3.12/site-packages",
        glibc=(2, 28),
    )


def uv_of(tmp_path: Path) -> Uv:
    from uv import find_uv_bin

    return Uv(executable=find_uv_bin(), cache_dir=tmp_path / "cache", environment=dict(os.environ))


def test_wheels_of_another_machine_are_put_into_its_prefix(
    tmp_path: Path, forge_server: Server, forge: Forge
) -> None:
    prefix, script = tmp_path / "prefix", tmp_path / "python"
    prefix.mkdir()
    write_described_python(described(prefix), script)
    arguments = ["pip", "install", "--no-deps", "--python", str(script), "pytest==8.3.4"]
    uv_of(tmp_path).run([*arguments, "--default-index", f"{forge_server.url}/simple"])
    assert (prefix / "lib/python3.12/site-packages/pytest/__init__.py").exists()
    program = (prefix / "bin/pytest").read_text()
    assert program.startswith("#!/opt/conda/bin/python\n")


def test_a_machine_that_nobody_can_name_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InstallError, match="'zos-z'"):
        write_described_python(described(tmp_path, "zos-z"), tmp_path / "python")
