"""The checkers of the golden folder: how each is called, and what its closing line says."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

_CLOSING = re.compile(r"^(\d+)/(\d+) ", re.MULTILINE)
_LIMIT = 3600


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


@dataclass(frozen=True, slots=True)
class Checker:
    """One way to call one program; `arguments` follow the executable that is judged."""

    name: str
    arguments: Callable[[Sources, str], list[str]]
    served: bool = False

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


def run(checker: Checker, sources: Sources, executable: Path) -> Outcome:
    """Run a checker to its end, or for an hour."""
    start = time.monotonic()
    try:
        done = subprocess.run(
            checker.command(sources, executable),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_LIMIT,
            check=False,
        )
        stdout, said = done.stdout, (done.stdout + done.stderr)[-1500:]
    except subprocess.TimeoutExpired:
        stdout, said = "", f"not done after {_LIMIT} seconds"
    seconds = time.monotonic() - start
    found = _CLOSING.findall(stdout)
    if not found:
        return Outcome(checker.name, None, 0, seconds, said)
    agreed, total = map(int, found[-1])
    return Outcome(checker.name, agreed, total, seconds, said)


def _workspaces(sources: Sources, executable: str) -> list[str]:
    answers = sources.unpacked(sources.golden / "workspaces.tar.xz")
    return ["workspaces.py", "check", executable, _corpus(sources), str(answers)]


def _edits(sources: Sources, executable: str) -> list[str]:
    answers = sources.golden / "edits.json.xz"
    return ["edits.py", "check", executable, _corpus(sources), str(answers)]


def _dry_runs(sources: Sources, _executable: str) -> list[str]:
    """Our own checker: it asks the library, in its own process."""
    return [str(Path(__file__).with_name("dry_runs.py")), _corpus(sources)]


def _corpus(sources: Sources) -> str:
    if sources.corpus.is_dir():
        return str(sources.corpus)
    return str(sources.unpacked(sources.corpus))


CHECKERS = (
    Checker("manifests", lambda _, exe: ["manifests.py", exe]),
    Checker("shell", lambda _, exe: ["shell.py", exe]),
    Checker("shell-strict", lambda _, exe: ["shell.py", exe, "--strict"]),
    Checker("workspaces", _workspaces),
    Checker("dry-runs", _dry_runs),
    Checker("edits", _edits),
    Checker("prefix", lambda _, exe: ["prefix.py", exe]),
    Checker("transcripts", lambda _, exe: ["transcripts.py", exe], served=True),
    Checker("locks", lambda s, exe: ["locks.py", exe, _corpus(s)], served=True),
    Checker("locks-keep", lambda s, exe: ["locks.py", exe, _corpus(s), "--keep"], served=True),
)
