"""One run of tests in a copy of the tree, and what it shows."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from xml.etree import ElementTree as ET

from tools.unguarded.trees import Tree

#: Seconds after which a test that waits for what never comes is ended.
LIMIT = 240
#: What a program says that was broken, not attacked.
_BROKEN = re.compile(
    r"\b(ImportError|ModuleNotFoundError|NameError|UnboundLocalError|SyntaxError|IndentationError)\b"
)


class Verdict(Enum):
    """How tests ended; `BROKEN` is whatever is neither a failure of a test nor a success."""

    FAILED = auto()
    PASSED = auto()
    SKIPPED = auto()
    BROKEN = auto()


@dataclass(frozen=True, slots=True)
class Trial:
    """How tests ended, the line that says why, and all that they said."""

    verdict: Verdict
    why: str
    said: str


def run(tree: Tree, tests: Sequence[str], *options: str, limit: float = LIMIT) -> Trial:
    """Run `tests`, names as pytest has them, in the copy as it is now."""
    report = tree.scratch / "report.xml"
    report.unlink(missing_ok=True)
    words = ["--tb=short", "-p", "no:cacheprovider", f"--junitxml={report}", *options]
    said = _ended([str(tree.python), "-m", "pytest", *words, *tests], tree, limit)
    if said is None:
        return Trial(Verdict.BROKEN, f"did not end in {limit:.0f} s", "")
    if not report.is_file():
        return Trial(Verdict.BROKEN, "pytest did not run", said)
    return judged(report, said)


def _ended(command: list[str], tree: Tree, limit: float) -> str | None:
    """Run a command to its end and give what it said; none if it had to be ended."""
    with subprocess.Popen(
        command,
        cwd=tree.folder,
        env=tree.environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    ) as process:
        try:
            return process.communicate(timeout=limit)[0]
        except subprocess.TimeoutExpired:
            _end(process)
            return None


def _end(process: subprocess.Popen[str]) -> None:
    """Interrupt, so that fixtures put away what they have made, and then kill the whole group."""
    os.killpg(process.pid, signal.SIGINT)
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)


def judged(report: Path, said: str) -> Trial:
    """Read what pytest wrote down (JUnit's XML): one failure of a test is enough.

    What is looked at when a test is over may fail, too; what comes before it shows nothing.
    """
    cases = list(ET.parse(report).iter("testcase"))
    failures = [failure for case in cases for failure in case.iter("failure")]
    skips = [skip for case in cases for skip in case.iter("skipped")]
    for error in (error for case in cases for error in case.iter("error")):
        if not error.get("message", "").startswith("failed on teardown"):
            return Trial(Verdict.BROKEN, f"before the test: {_line(error)}", said)
        failures.append(error)
    if failures:
        broken = _BROKEN.search("".join(failure.text or "" for failure in failures))
        verdict = Verdict.BROKEN if broken else Verdict.FAILED
        return Trial(verdict, _line(failures[0]), said)
    if not cases:
        return Trial(Verdict.BROKEN, "there is no such test", said)
    if len(skips) == len(cases):
        return Trial(Verdict.SKIPPED, _line(skips[0]), said)
    return Trial(Verdict.PASSED, f"{len(cases) - len(skips)} passed", said)


def _line(element: ET.Element) -> str:
    """Give the first line of a message, and no more of it than a line of a terminal."""
    return (element.get("message", "").strip().splitlines() or [""])[0][:100]
