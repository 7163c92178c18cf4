"""A real shell at a terminal that has our completions, and what is typed into it.

That a word was completed is seen by what the finished command line then does.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pexpect

from tests.sandbox import CommandLine
from tools.forge.build import Forge

_MANIFEST = """\
[workspace]
name = "w"
channels = ["{channel}"]
platforms = ["{subdir}"]
[dependencies]
greeter = "2.*"
[tasks]
deploy = {{ cmd = "echo shipped by $PIXI_ENVIRONMENT_NAME", description = "Ship it: all of it" }}
_secret = "echo secret"
[tasks.greet]
cmd = "echo dear {{{{ who }}}}"
args = [{{ arg = "who", choices = ["mother", "moon"] }}]
[feature.check.tasks]
lint = "echo linted by $PIXI_ENVIRONMENT_NAME"
[environments]
checking = ["check"]
"""
_STARTS = {
    "bash": ["--norc", "--noprofile", "-i"],
    "zsh": ["-f", "-i"],
    "fish": ["--no-config", "-i"],
    "elvish": ["-norc"],
}
_READS = {"elvish": "eval (slurp < {})"}
_READY = "ready-for-more"
#: Only a failing test waits that long.
_PATIENCE = 60


def workspace(folder: Path, forge: Forge) -> Path:
    """Write a workspace with tasks, one of which takes one of two words."""
    root = folder / "ws"
    root.mkdir()
    (root / "pixi.toml").write_text(_MANIFEST.format(channel=forge.url, subdir=forge.subdir))
    return root


@contextmanager
def shell(name: str, wisp: CommandLine, folder: Path) -> Iterator[Any]:
    """Start a shell that completes our command lines."""
    path = f"{wisp.executable.parent}{os.pathsep}{wisp.environment()['PATH']}"
    child = pexpect.spawn(
        shutil.which(name) or name,
        _STARTS[name],
        cwd=str(folder),
        env=wisp.environment({"PATH": path, "TERM": "xterm", "HISTFILE": ""}),
        timeout=_PATIENCE,
        encoding="utf-8",
        dimensions=(50, 200),
    )
    script = folder.parent / f"completion.{name}"
    script.write_text(wisp("completion", "--shell", name, cwd=folder).success().stdout)
    try:
        if name == "elvish":  # drops what is typed before it has drawn its prompt
            child.expect_exact("# ")
        reads = _READS.get(name, "source {}").format(script)
        child.send(f"{reads}; echo {_READY[:5]}''{_READY[5:]}\r")
        child.expect_exact(_READY)
        yield child
    finally:
        child.close(force=True)


def check(child: Any) -> None:
    """Type unfinished lines, complete them and see what they do."""
    for typed, said in (
        ("wisp ru\t dep\t\n", "shipped by default"),
        ("wisp run -e che\t lin\t\n", "linted by checking"),
        ("wisp run --environment=che\t lint\n", "linted by checking"),
        ("wisp run --manifest-p\t pixi.to\t deploy\n", "shipped by default"),
        ("wisp run greet moth\t\n", "dear mother"),
        ("wisp completion --shell fis\t | grep -c 'complete -c wisp -e'\n", "1"),
    ):
        child.send(typed)
        child.expect(f"[\r\n]{said}\r")
    child.send("wisp run greet \t\t\t")
    child.expect("(?s)mother.*moon|moon.*mother")


def check_elvish(child: Any) -> None:
    """Do the same where a completion is a list to choose from: its only entry is taken at once."""
    for typed, said in (
        ("wisp run dep\t", "shipped by default"),
        ("wisp run -e che\t lin\t", "linted by checking"),
        ("wisp run --manifest-path pixi.to\t deploy", "shipped by default"),
        ("wisp run greet moth\t", "dear mother"),
    ):
        child.send(f"{typed}\r")
        child.expect(f"[\r\n]{said}\r")
