"""`info` answers everywhere: in a workspace, outside of one, beside a faulty manifest."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.sandbox import CommandLine

pytestmark = pytest.mark.forked

MANIFEST = """\
[workspace]
name = "shop"
version = "1.0"
channels = ["main"]
platforms = ["linux-64", "osx-arm64", "win-64"]

[tasks]
serve = "echo"
_hidden = "echo"
"""


def test_workspace_is_told_as_json(pixi: CommandLine, tmp_path: Path) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "pixi.toml").write_text(MANIFEST)
    data = json.loads(pixi("info", "--json", cwd=folder).success().stdout)
    assert data["version"] == "0.85.0"
    assert data["project_info"] == {
        "name": "shop",
        "manifest_path": str(folder / "pixi.toml"),
        "last_updated": None,
        "pixi_folder_size": None,
        "version": "1.0",
    }
    (environment,) = data["environments_info"]
    assert environment["tasks"] == ["serve", "_hidden"]
    assert environment["prefix"] == str(folder / ".pixi" / "envs" / "default")


def test_text_has_aligned_labels(pixi: CommandLine, tmp_path: Path) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "pixi.toml").write_text(MANIFEST)
    lines = pixi("info", "--extended", cwd=folder).success().stdout.splitlines()
    assert lines[0] == "System"
    assert f"{'Name':>19}: shop" in lines
    assert f"{'Tasks':>19}: serve" in lines
    assert f"{'Pixi folder size':>19}: 0 MiB" in lines


def test_outside_of_a_workspace_the_machine_is_told(pixi: CommandLine, tmp_path: Path) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    result = pixi("info", "--json", cwd=folder).success()
    data = json.loads(result.stdout)
    assert (data["project_info"], data["environments_info"]) == (None, [])
    assert any(text.startswith("__") for text in data["virtual_packages"])


def test_faulty_manifest_is_told_on_stderr_and_left_out(pixi: CommandLine, tmp_path: Path) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "pixi.toml").write_text(MANIFEST + "[dependencies]\na = 1\n")
    result = pixi("info", "--json", cwd=folder).success()
    assert json.loads(result.stdout)["project_info"] is None
    assert "pixi.toml:11:5]" in result.stderr


def test_each_name_tells_its_own_version(
    wisp: CommandLine, pixi: CommandLine, tmp_path: Path
) -> None:
    own = wisp("--version", cwd=tmp_path).success().stdout.split()[1]
    data = json.loads(wisp("info", "--json", cwd=tmp_path).success().stdout)
    assert (data["wisp_version"], data["version"]) == (own, "0.85.0")
    assert f"Wisp version: {own}\n" in wisp("info", cwd=tmp_path).success().stdout
    assert "wisp_version" not in json.loads(pixi("info", "--json", cwd=tmp_path).success().stdout)
    assert "Wisp" not in pixi("info", cwd=tmp_path).success().stdout


def test_whom_tls_believes_is_told_since_084(pixi: CommandLine, tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text('tls-no-verify = true\ntls-root-certs = "system"\n')
    words = ("info", "--compat", "0.84")
    plain = pixi(*words, cwd=tmp_path).success().stdout
    assert f"{'TLS certificates':>19}: default, verified\n" in plain
    env = {"PIXI_CONFIG_FILE": str(config)}
    told = pixi(*words, cwd=tmp_path, env=env).success().stdout
    assert f"{'TLS certificates':>19}: system, not verified\n" in told
    data = json.loads(pixi(*words, "--json", cwd=tmp_path, env=env).success().stdout)
    assert data["tls"] == {"root_certs": "system", "verify": False}
    assert "TLS certificates" not in pixi("info", "--compat", "0.83", cwd=tmp_path).stdout
