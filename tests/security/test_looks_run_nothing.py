"""Commands that only look run no back-end of a project, and say how to get what needs one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sandbox import CommandLine
from tools.forge.build import Forge

#: Row 30 of the audit, and the forms of a rehearsal.
LOOKS = [
    ("list",),
    ("tree",),
    ("list", "--no-install"),
    ("lock", "--check"),
    ("lock", "--dry-run"),
    ("update", "--dry-run"),
    ("upgrade", "--dry-run"),
    ("workspace", "export", "conda-explicit-spec", "out"),
    ("workspace", "export", "conda-environment"),
]
SAFE = [("info",), ("task", "list"), ("list", "--frozen"), ("workspace", "environment", "list")]
BACKEND = """\
import pathlib
pathlib.Path({ran!r}).write_text("ran")
def _made(folder):
    info = pathlib.Path(folder, "evil-1.dist-info")
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\\nName: evil\\nVersion: 1\\n")
    return info.name
def prepare_metadata_for_build_wheel(folder, settings=None):
    return _made(folder)
"""


@pytest.fixture(params=["isolated", "not isolated"])
def workspace(request: pytest.FixtureRequest, tmp_path: Path, forge: Forge) -> Path:
    folder = tmp_path / "w"
    folder.mkdir()
    options = "[pypi-options]\nno-build-isolation = true\n" if "not" in request.param else ""
    (folder / "pixi.toml").write_text(
        f'[workspace]\nname = "w"\nchannels = ["{forge.url}"]\nplatforms = ["{forge.subdir}"]\n'
        '[tasks]\nt = "true"\n[dependencies]\npython = "*"\n'
        f'[pypi-dependencies]\nevil = {{ path = "." }}\n{options}'
    )
    (folder / "pyproject.toml").write_text(
        '[build-system]\nrequires = []\nbuild-backend = "evil"\nbackend-path = ["."]\n'
    )
    (folder / "evil.py").write_text(BACKEND.format(ran=str(tmp_path / "ran")))
    (folder / "out").mkdir()
    return folder


def test_a_look_runs_no_back_end_and_writes_nothing(wisp: CommandLine, workspace: Path) -> None:
    ran = workspace.with_name("ran")
    before = sorted(path.name for path in workspace.rglob("*"))
    for words in LOOKS + SAFE:
        result = wisp(*words, cwd=workspace)
        assert not ran.exists(), words
        assert sorted(path.name for path in workspace.rglob("*")) == before, words
        assert "Traceback" not in result.stderr
        if words in LOOKS and "conda-environment" not in words:
            assert result.code == 1, words
            assert "wisp lock" in result.stderr, (words, result.stderr)


def test_what_is_no_look_builds(wisp: CommandLine, workspace: Path) -> None:
    wisp("lock", cwd=workspace).success()
    assert workspace.with_name("ran").exists()
    workspace.with_name("ran").unlink()
    # What uv has built once it knows.
    wisp("list", cwd=workspace).success()
    assert not workspace.with_name("ran").exists()
