"""Families of edits as data: a manifest before, a command, the manifest after (or `refused`)."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from wisp.cli.main import run

CASES = Path(__file__).parents[2] / "cases" / "edit"


@pytest.mark.parametrize("case", sorted(p.name for p in CASES.iterdir()))
def test_edit(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = CASES / case
    before = next(folder.glob("before.*"))
    manifest = tmp_path / "work" / before.name.removeprefix("before.")
    manifest.parent.mkdir()
    manifest.write_bytes(before.read_bytes())
    monkeypatch.chdir(manifest.parent)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PIXI_HOME", str(tmp_path / "home"))
    configuration = tmp_path / "home" / "config.toml"
    configuration.parent.mkdir()
    configuration.write_text("experimental.conda-script = true\n")

    words = shlex.split((folder / "command").read_text())
    code = run(["pixi", *words])

    refused = (folder / "refused").exists()
    expected = before if refused else next(folder.glob("after.*"))
    assert (manifest.read_bytes().decode(), code) == (
        expected.read_bytes().decode(),
        1 if refused else 0,
    ), capfd.readouterr().err
    left = {path.name for path in manifest.parent.iterdir()}
    assert left - {".pixi"} == {manifest.name}
