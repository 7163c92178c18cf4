"""Running two commands in turn and comparing how long they take."""

from __future__ import annotations

import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path


class BenchError(Exception):
    """A command that was to be measured failed; the message ends with what it said."""


def _nothing() -> None:
    pass


@dataclass(frozen=True, slots=True)
class Run:
    """A command and where it runs; `before` puts the world back before each run, untimed."""

    command: Sequence[str]
    cwd: Path
    variables: Mapping[str, str] = field(default_factory=dict)
    before: Callable[[], None] = _nothing

    def seconds(self) -> float:
        """Run once; raises `BenchError` when the command fails."""
        self.before()
        start = time.perf_counter()
        done = subprocess.run(
            self.command,
            cwd=self.cwd,
            env=self.variables,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
        seconds = time.perf_counter() - start
        if done.returncode:
            said = (done.stdout + done.stderr).decode(errors="replace").strip()
            raise BenchError(
                f"{' '.join(self.command)} ended with {done.returncode}\n{said[-800:]}"
            )
        return seconds


@dataclass(frozen=True, slots=True)
class Limit:
    """What is allowed: a multiple of the baseline, and seconds on top."""

    factor: float
    seconds: float = 0.0

    def __str__(self) -> str:
        return f"{self.factor} ×" + (f" + {self.seconds} s" if self.seconds else "")


@dataclass(frozen=True, slots=True)
class Comparison:
    """Medians in seconds."""

    subject: float
    baseline: float

    @property
    def ratio(self) -> float:
        """How many baselines the subject costs."""
        return self.subject / self.baseline

    def within(self, limit: Limit) -> bool:
        """Tell whether the subject keeps to `limit`."""
        return self.subject <= self.baseline * limit.factor + limit.seconds


def compare(subject: Run, baseline: Run, runs: int) -> Comparison:
    """Run both once to warm up, then `runs` times in turn, so that noise meets both alike."""
    baseline.seconds()
    subject.seconds()
    pairs = [(baseline.seconds(), subject.seconds()) for _ in range(runs)]
    base, own = zip(*pairs, strict=True)
    return Comparison(statistics.median(own), statistics.median(base))
