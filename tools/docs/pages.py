"""Pages whose sessions are really played: what a page shows is what the program says.

A `console` block holds command lines, each after `$ `, with what they print below them. Other
blocks whose first line is a comment with a file's name are that file; `# NAME (more)` goes on
with it. Everything in a page happens in one folder, an empty home, where the channel
`conda-forge` is a mirror: the forge's own channel.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tools.forge.build import Forge
from tools.forge.serve import Server

DOCS = Path(__file__).parents[2] / "docs"
#: The pages that are played.
PLAYED = (
    "tutorial.md",
    *sorted(f"how-to/{path.name}" for path in DOCS.glob("how-to/use-*.md")),
    "how-to/editors.md",
    "reference/json.md",
    "reference/task-shell.md",
)

#: Where the sessions pretend to take place.
_HOME = "/home/me"
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_FILE = re.compile(r"# ([\w./-]+\.\w+|\.\w+)( \(more\))?\n")
_PASSED_ON = ("SSL_CERT_FILE", "SSL_CERT_DIR", "http_proxy", "https_proxy", "no_proxy")
#: What differs between machines and days: numbers, digests, units, widths of columns.
_VARYING = re.compile(r"\b[0-9a-f]{16,}\b|\d+([._]\d+)*|\b[KMG]iB\b|\s+")


@dataclass(frozen=True, slots=True)
class Played:
    """One command of a page: its line, what the page says it prints, and what it printed."""

    line: str
    told: str
    said: str

    @property
    def agrees(self) -> bool:
        """Whether both are the same but for versions, sizes and the like."""
        return _essence(self.told) == _essence(self.said)


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a page is played: a home folder, and the variables that lead there."""

    home: Path
    variables: dict[str, str]


@contextmanager
def stage(forge: Forge, scratch: Path) -> Iterator[Stage]:
    """Make an empty home with `wisp`, `pixi` and `python` on the path; serve channels."""
    home = scratch.resolve() / "me"
    programs = home / ".local/bin"
    programs.mkdir(parents=True)
    for name in ("wisp", "pixi"):
        (programs / name).symlink_to(Path(sys.executable).with_name(name))
    # A link would leave the virtual environment of this interpreter.
    python = programs / "python"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    names = scratch / "names/compressed-v0/compressed_mapping.json"
    names.parent.mkdir(parents=True)
    names.write_text("{}")
    known = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    variables = known | {
        "HOME": str(home),
        "PATH": f"{programs}{os.pathsep}{os.defpath}",
        "LANG": "C.UTF-8",
        "GIT_CONFIG_GLOBAL": os.devnull,
    }
    with Server(forge.folder) as channels, Server(scratch / "names") as mapping:
        configuration = home / ".config/pixi/config.toml"
        configuration.parent.mkdir(parents=True)
        configuration.write_text(
            "[mirrors]\n"
            f'"https://conda.anaconda.org/conda-forge" = ["{channels.url}/main"]\n'
            f'"https://conda-mapping.prefix.dev" = ["{mapping.url}"]\n'
        )
        yield Stage(home, variables)


def play(text: str, stage: Stage) -> Iterator[Played]:
    """Write the files of a page and run its commands, in the order of the page."""
    folder = stage.home
    for block in _BLOCK.finditer(text):
        language, content = block.groups()
        if language == "console":
            for line, told in _commands(content):
                if line.startswith("cd "):
                    folder = (folder / line[3:]).resolve()
                    continue
                yield Played(line, told, _run(line, folder, stage))
        elif found := _FILE.match(content):
            path = folder / found[1]
            path.parent.mkdir(parents=True, exist_ok=True)
            before = path.read_text() + "\n" if found[2] else ""
            path.write_text(before + content[found.end() :])


def recorded(text: str, stage: Stage) -> str:
    """Return a page with what its commands really print."""
    played = play(text, stage)

    def fill(block: re.Match[str]) -> str:
        if block[1] != "console":
            return block[0]
        lines = []
        for line, _ in _commands(block[2]):
            lines.append(f"$ {line}\n")
            if not line.startswith("cd "):
                lines.append(next(played).said)
        return f"```console\n{''.join(lines)}```"

    return _BLOCK.sub(fill, text)


def _commands(content: str) -> list[tuple[str, str]]:
    """Split a session into command lines and what follows each."""
    found: list[tuple[str, str]] = []
    for line in content.splitlines(keepends=True):
        if line.startswith("$ "):
            found.append((line[2:].rstrip("\n"), ""))
        else:
            command, told = found[-1]
            found[-1] = (command, told + line)
    return found


def _run(line: str, folder: Path, stage: Stage) -> str:
    done = subprocess.run(
        ["bash", "-c", line],
        cwd=folder,
        env=stage.variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    said = done.stdout.replace(str(stage.home), _HOME).strip("\n")
    return "".join(f"{row.rstrip()}\n" for row in said.splitlines())


def _essence(text: str) -> str:
    return _VARYING.sub(lambda found: " " if found[0].isspace() else "#", text).strip()
