"""`upgrade` says what it raised, and that there was nothing to raise."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sandbox import CommandLine
from tests.tiny import channel, tiny
from tools.forge.build import Forge
from tools.forge.serve import Server

pytestmark = pytest.mark.forked


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "w"
    root.mkdir()
    url = channel(tmp_path / "channel", [tiny("one", "1.0"), tiny("one", "2.5"), tiny("two")])
    (root / "pixi.toml").write_text(
        f'[workspace]\nname = "w"\nchannels = ["{url.as_uri()}"]\nplatforms = ["linux-64"]\n'
        '[dependencies]\none = { version = "1.*" }\n[feature.f.dependencies]\ntwo = "*"\n'
        '[environments]\nf = ["f"]\n'
    )
    return root


def test_each_raised_requirement_is_told(wisp: CommandLine, folder: Path) -> None:
    wisp("lock", cwd=folder).success()
    before = (folder / "pixi.toml").read_text()
    planned = wisp("upgrade", "--dry-run", cwd=folder).success()
    assert "i Dry-run: would upgrade one 1.* -> >=2.5,<3" in planned.stderr
    assert (folder / "pixi.toml").read_text() == before
    done = wisp("upgrade", cwd=folder).success()
    assert "✔ Upgraded one 1.* -> >=2.5,<3" in done.stderr
    assert "✔ Upgraded two * -> >=1.0,<2" in done.stderr
    assert 'one = { version = ">=2.5,<3" }' in (folder / "pixi.toml").read_text()


def test_a_requirement_is_told_although_the_lock_stays(wisp: CommandLine, folder: Path) -> None:
    wisp("lock", cwd=folder).success()
    done = wisp("upgrade", "two", cwd=folder).success()
    assert done.stderr == "✔ Upgraded two * -> >=1.0,<2\n"


def test_nothing_to_raise_is_told(wisp: CommandLine, folder: Path) -> None:
    wisp("upgrade", cwd=folder).success()
    assert wisp("upgrade", cwd=folder).success().stderr == "✔ All packages are already up-to-date\n"


@pytest.mark.slow
def test_requirements_of_a_pyproject_are_told(
    wisp: CommandLine, tmp_path: Path, forge: Forge, forge_server: Server
) -> None:
    (tmp_path / "pyproject.toml").write_text(
        '[project]\nname = "p"\nversion = "1"\ndependencies = ["six<2", "click[x]"]\n'
        f'[tool.pixi.workspace]\nchannels = ["{forge.url}"]\nplatforms = ["linux-64"]\n'
        f'[tool.pixi.dependencies]\npython = "{forge.minor}.*"\n'
        f'[tool.pixi.pypi-options]\nindex-url = "{forge_server.url}/simple"\n'
    )
    done = wisp("upgrade", "--no-install", "six", "click", cwd=tmp_path).success()
    assert "✔ Upgraded six <2 -> >=1." in done.stderr
    assert "✔ Upgraded click * -> >=8." in done.stderr
