"""Which tool installed wisp, by what it left, and how that tool installs another version."""

from __future__ import annotations

from pathlib import Path

import pytest

from wisp.engine.own_install import update_command
from wisp.errors import HostError

NOTHING = {"PATH": ""}


@pytest.mark.parametrize(
    ("own", "named", "words"),
    [
        ("", False, "upgrade --index https://example.org/simple wisp-env"),
        (
            ', specifier = "==1.0"',
            False,
            "install --force --python 3.12 --with other>=2 --index https://example.org/simple "
            "wisp-env==1.2",
        ),
        (
            "",
            True,
            "install --force --python 3.12 --with other>=2 --index https://example.org/simple "
            "wisp-env==1.2",
        ),
    ],
)
def test_uv_tool_upgrades_what_is_not_held_to_a_version(
    own: str, named: bool, words: str, tmp_path: Path
) -> None:
    home = tmp_path / "tools/wisp-env"
    home.mkdir(parents=True)
    (home / "uv-receipt.toml").write_text(
        f'[tool]\nrequirements = [{{ name = "wisp-env"{own} }}, '
        '{ name = "other", specifier = ">=2" }]\n'
        'python = "3.12"\n'
        'entrypoints = [{ name = "wisp", install-path = "/somewhere/bin/wisp" }]\n'
    )
    index = "https://example.org/simple"
    found = update_command("/own/uv", NOTHING, "1.2", named=named, index=index, prefix=home)
    assert found.words == ("/own/uv", "tool", *words.split())
    assert found.variables == {
        "UV_TOOL_DIR": str(tmp_path / "tools"),
        "UV_TOOL_BIN_DIR": "/somewhere/bin",
    }


@pytest.mark.parametrize(
    ("named", "words"), [(False, ("upgrade", "wisp-env")), (True, ("install", "--force"))]
)
def test_pipx_upgrades_or_installs_a_version(
    named: bool, words: tuple[str, ...], tmp_path: Path
) -> None:
    home = tmp_path / "pipx/venvs/wisp-env"
    home.mkdir(parents=True)
    (home / "pipx_metadata.json").write_text("{}")
    program = tmp_path / "bin/pipx"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    found = update_command("uv", {"PATH": str(program.parent)}, "1.2", named=named, prefix=home)
    assert found.words[:1] == (str(program),)
    assert found.words[1:3] == words
    assert found.variables == {"PIPX_HOME": str(tmp_path / "pipx")}
    with pytest.raises(HostError, match="pipx, which is not on the PATH"):
        update_command("uv", {"PATH": str(home)}, "1.2", prefix=home)


def test_a_conda_package_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "conda-meta").mkdir()
    (tmp_path / "conda-meta/wisp-env-1.0-0.json").write_text("{}")
    with pytest.raises(HostError, match="installed as a conda package"):
        update_command("uv", NOTHING, "1.2", prefix=tmp_path)
