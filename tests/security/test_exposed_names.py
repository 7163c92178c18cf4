"""Names of programs in packages that become commands on the user's PATH."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sandbox import CommandLine
from tests.tiny import channel, tiny
from tools.forge.archive import text

pytestmark = pytest.mark.forked

SCRIPT = "#!/bin/sh\necho ran\n"


@pytest.mark.parametrize("name", ["-rf", "a\u202eb", "a\x9bb", "a\u200bb"])
def test_what_nobody_can_type_is_exposed_under_another_name_only(
    wisp: CommandLine, tmp_path: Path, name: str
) -> None:
    files = tuple(text(f"bin/{one}", SCRIPT, executable=True) for one in (name, "good", "["))
    made = channel(tmp_path / "channel", [tiny("evil", files=files)])
    done = wisp("global", "install", "-c", made.as_uri(), "evil", cwd=tmp_path).success()
    assert "is not exposed: nobody can type it" in done.stderr
    exposed = Path(wisp.home.path) / ".pixi" / "bin"
    assert {path.name for path in exposed.iterdir() if path.is_file()} == {"good", "["}
    wisp("global", "expose", "add", "-e", "evil", f"named={name}", cwd=tmp_path).success()
    assert (exposed / "named").exists()


def test_such_a_name_of_a_manifest_is_told_with_its_place_and_what_helps(
    wisp: CommandLine, tmp_path: Path
) -> None:
    made = channel(
        tmp_path / "channel", [tiny("odd", files=(text("bin/-x", SCRIPT, executable=True),))]
    )
    manifest = Path(wisp.home.path) / ".pixi" / "manifests" / "pixi-global.toml"
    manifest.parent.mkdir(parents=True)
    rows = f'[envs.odd]\nchannels = ["{made.as_uri()}"]\ndependencies = {{ odd = "*" }}\n'
    manifest.write_text(f'{rows}exposed = {{ "-x" = "-x" }}\n')
    done = wisp("global", "sync", cwd=tmp_path)
    assert (done.code, "pixi-global.toml:4:" in done.stderr) == (1, True), done.stderr
    assert '`NAME = "-x"` exposes it under another name' in done.stderr
    manifest.write_text(f'{rows}exposed = {{ x = "-x" }}\n')
    wisp("global", "sync", cwd=tmp_path).success()
    assert (Path(wisp.home.path) / ".pixi" / "bin" / "x").exists()
