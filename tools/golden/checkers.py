"""The checkers of the golden folder: how each is called, and what its closing line says."""

from __future__ import annotations

import ast
import hashlib
import os
import re
import subprocess
import sys
import tarfile
import time
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from wisp.compat import ENV_COMPAT, RECORDED

_CLOSING = re.compile(r"^(\d+)/(\d+) ", re.MULTILINE)
_BEYOND_STDERR = re.compile(r"^    (?:stdout|code|files): want", re.MULTILINE)
_STDERR = re.compile(r"^    stderr: want (.*)\n +have (.*)$", re.MULTILINE)
_HELP = re.compile(r"^  help: .*\n", re.MULTILINE)
_LIMIT = 3600
#: Answers that differ, each with its reason.
EXPLAINED = Path(__file__).with_name("explained.toml")


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the golden answers lie, the workspaces they are about, and the channels."""

    golden: Path
    corpus: Path
    repodata: Path
    cache: Path

    def unpacked(self, archive: Path) -> Path:
        """Give the only folder in `archive`, unpacked into the cache once."""
        digest = hashlib.sha256(archive.read_bytes()).hexdigest()[:16]
        folder = self.cache / f"{archive.name.partition('.')[0]}-{digest}"
        if not folder.is_dir():
            scratch = folder.with_suffix(".part")
            with tarfile.open(archive) as tar:
                tar.extractall(scratch, filter="data")
            scratch.rename(folder)
        inside = [entry for entry in folder.iterdir() if entry.is_dir()]
        return inside[0] if len(inside) == 1 else folder


#: How many answers agree, and out of how many.
Figure = tuple[int, int]


def closing_figure(name: str, stdout: str) -> dict[str, Figure]:
    """Read the figure of a checker's closing line; nothing if it has none."""
    found = _CLOSING.findall(stdout)
    return {name: (int(found[-1][0]), int(found[-1][1]))} if found else {}


def shell_figures(name: str, stdout: str) -> dict[str, Figure]:
    """Read two figures from one strict run: cases that differ in stderr alone count for one.

    Where Pixi only says what is wrong and wisp also what to do, they count as agreeing.
    """
    cases = re.split(r"^--- ", stdout, flags=re.MULTILINE)[1:]
    wrong = sum(bool(_BEYOND_STDERR.search(case)) for case in cases)
    helped = sum(_differs_in_help(case) for case in cases)
    return {
        figure: counted
        for agreed, total in closing_figure(name, stdout).values()
        for figure, counted in (
            (name, (total - wrong, total)),
            (f"{name}-strict", (agreed + helped, total)),
        )
    }


def _differs_in_help(case: str) -> bool:
    if _BEYOND_STDERR.search(case) or not (found := _STDERR.search(case)):
        return False
    want, have = map(ast.literal_eval, found.groups())
    return bool(_HELP.sub("", have) == want)


def figure_with_explained(name: str, stdout: str) -> dict[str, Figure]:
    """Read a figure in which cases that differ for a reason that is written down agree."""
    rows = tomllib.loads(EXPLAINED.read_text(encoding="utf-8"))["difference"]
    known = {row["case"] for row in rows if row["checker"] == name}
    shown = set(re.findall(r"^--- (.*)$", stdout, re.MULTILINE))
    return {
        figure: (agreed + len(known & shown), total)
        for figure, (agreed, total) in closing_figure(name, stdout).items()
    }


@dataclass(frozen=True, slots=True)
class Checker:
    """One way to call one program; `arguments` follow the executable that is judged.

    `read` finds the figures, by name, in what the checker prints.
    """

    name: str
    arguments: Callable[[Sources, str], list[str]]
    served: bool = False
    read: Callable[[str, str], dict[str, Figure]] = closing_figure

    def command(self, sources: Sources, executable: Path) -> list[str]:
        """Spell the whole command; a `served` checker runs below the channel server."""
        script, *rest = self.arguments(sources, str(executable))
        command = [sys.executable, str(sources.golden / script), *rest]
        if not self.served:
            return command
        server = [sys.executable, str(sources.repodata / "serve.py")]
        return [*server, "--config", str(sources.cache / f"{self.name}.toml"), "--", *command]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a checker found; `said` is the end of its words when it gave no figure."""

    name: str
    agreed: int | None
    total: int
    seconds: float
    said: str


def run(checker: Checker, sources: Sources, executable: Path) -> list[Outcome]:
    """Run a checker to its end, or for an hour, at the level of the answers unless told another."""
    start = time.monotonic()
    try:
        done = subprocess.run(
            checker.command(sources, executable),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            env={ENV_COMPAT: RECORDED, **os.environ},
            timeout=_LIMIT,
            check=False,
        )
        stdout, said = done.stdout, (done.stdout + done.stderr)[-1500:]
    except subprocess.TimeoutExpired:
        stdout, said = "", f"not done after {_LIMIT} seconds"
    seconds = time.monotonic() - start
    found = checker.read(checker.name, stdout)
    if not found:
        return [Outcome(checker.name, None, 0, seconds, said)]
    return [Outcome(name, *figure, seconds, said) for name, figure in found.items()]


def _workspaces(sources: Sources, executable: str) -> list[str]:
    answers = sources.unpacked(sources.golden / "workspaces.tar.xz")
    return ["workspaces.py", "check", executable, _corpus(sources), str(answers)]


def _edits(sources: Sources, executable: str) -> list[str]:
    answers = sources.golden / "edits.json.xz"
    return ["edits.py", "check", executable, _corpus(sources), str(answers), "--show", "100000"]


def _dry_runs(sources: Sources, _executable: str) -> list[str]:
    """Our own checker: it asks the library, in its own process."""
    return [str(Path(__file__).with_name("dry_runs.py")), _corpus(sources)]


def _corpus(sources: Sources) -> str:
    if sources.corpus.is_dir():
        return str(sources.corpus)
    return str(sources.unpacked(sources.corpus))


CHECKERS = (
    Checker("manifests", lambda _, exe: ["manifests.py", exe]),
    Checker(
        "shell",
        lambda _, exe: ["shell.py", exe, "--strict", "--show", "100000"],
        read=shell_figures,
    ),
    Checker("workspaces", _workspaces),
    Checker("dry-runs", _dry_runs),
    Checker("edits", _edits, read=figure_with_explained),
    Checker("prefix", lambda _, exe: ["prefix.py", exe], read=figure_with_explained),
    Checker("tools", lambda _, exe: ["tools.py", exe], read=figure_with_explained),
    Checker(
        "transcripts",
        lambda _, exe: ["transcripts.py", exe],
        served=True,
        read=figure_with_explained,
    ),
    Checker(
        "commands",
        lambda _, exe: ["commands.py", exe, "--show", "100000"],
        served=True,
        read=figure_with_explained,
    ),
    Checker("locks", lambda s, exe: ["locks.py", exe, _corpus(s)], served=True),
    Checker("locks-keep", lambda s, exe: ["locks.py", exe, _corpus(s), "--keep"], served=True),
)
