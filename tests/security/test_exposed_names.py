"""Names of programs in packages that become commands on the user's PATH."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sandbox import CommandLine
from tests.tiny import channel, tiny
from tools.forge.archive import text

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
