"""Lists, trees, help and task lines have colours where they are wanted, and the same words."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from tests.sandbox import CommandLine
from tests.tiny import channel, tiny

pytestmark = pytest.mark.forked

LOOKS = (
    ("--help",),
    ("help", "install"),
    ("list",),
    ("tree",),
    ("tree", "-i", "one"),
    ("info",),
    ("task", "list"),
    ("workspace", "environment", "list"),
    ("workspace", "feature", "list"),
    ("workspace", "platform", "list"),
    ("run", "hello"),
)
CODE = re.compile(r"\x1b\[[\d;]*m")


@pytest.fixture
def folder(wisp: CommandLine, tmp_path: Path) -> Path:
    root = tmp_path / "w"
    root.mkdir()
    url = channel(tmp_path / "channel", [tiny("one"), tiny("two", "1.0", "one")]).as_uri()
    (root / "pixi.toml").write_text(
        f'[workspace]\nname = "w"\nchannels = ["{url}"]\nplatforms = ["linux-64", "osx-arm64"]\n'
        '[dependencies]\ntwo = "*"\n[tasks]\n'
        'hello = { cmd = "echo hello", description = "says it" }\n'
        '[feature.f.tasks]\nother = "true"\n[environments]\nother = ["f"]\n'
    )
    wisp("install", cwd=root).success()
    return root


@pytest.mark.parametrize("words", LOOKS, ids=" ".join)
def test_colours_change_no_word(wisp: CommandLine, folder: Path, words: tuple[str, ...]) -> None:
    plain = wisp(*words, cwd=folder).success()
    forced = wisp(*words, cwd=folder, env={"FORCE_COLOR": "1"}).success()
    assert not CODE.search(plain.stdout + plain.stderr)
    assert CODE.search(forced.stdout + forced.stderr)
    assert CODE.sub("", forced.stdout) == plain.stdout
    assert CODE.sub("", forced.stderr) == plain.stderr
    again = wisp(*words, cwd=folder).success()
    assert (again.stdout, again.stderr) == (plain.stdout, plain.stderr)


@pytest.mark.parametrize(
    ("words", "env", "coloured"),
    [
        (("list", "--color", "always"), {}, True),
        (("list", "--color=always"), {}, True),
        (("list", "--color", "never"), {}, False),
        (("list", "--color", "always"), {"NO_COLOR": "1"}, False),
        (("list", "--color", "never"), {"FORCE_COLOR": "1"}, True),
        (("list",), {"PIXI_COLOR": "always"}, True),
        (("run", "hello"), {"PIXI_COLOR": "always"}, True),
        (("run", "--color", "always", "hello"), {}, True),
        (("run", "hello"), {}, False),
    ],
)
def test_options_and_variables_decide(
    wisp: CommandLine, folder: Path, words: tuple[str, ...], env: dict[str, str], coloured: bool
) -> None:
    variables = {**wisp.home.variables}
    del variables["NO_COLOR"]
    unset = replace(wisp, home=replace(wisp.home, variables=variables))
    for _ in range(2):  # the second answer may come from what is remembered
        done = unset(*words, cwd=folder, env=env).success()
        assert bool(CODE.search(done.stdout + done.stderr)) is coloured
