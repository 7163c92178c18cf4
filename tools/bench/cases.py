"""What is measured, against what, and how much it may cost."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tools.bench.measure import Limit, Run
from tools.bench.world import PIPE, WISP, World
from tools.forge.bazaar import bazaar
from tools.forge.crowd import crowd, maze

_RAW = str(Path(__file__).with_name("raw.py"))
_ENGINE = Limit(1.15, 0.2)
_INSTALLER = Limit(1.1, 0.05)
#: What Pixi needs to judge a lock of 3 MB, in bare interpreters.
_PIXI_VERDICT = 40.0
#: A look that has to read manifest and lock.
_FIRST_LOOK = Limit(6.5)
#: Two cores at work are at least 1.6 times as fast as one.
_BOTH_CORES = Limit(1 / 1.6)


@dataclass(frozen=True, slots=True)
class Case:
    """A named comparison; `runs` says how often each side runs. No limit: for information."""

    name: str
    against: str
    prepare: Callable[[World], tuple[Run, Run]]
    limit: Limit | None = None
    runs: int = 20


def _bare(world: World) -> Run:
    return Run([sys.executable, "-c", "pass"], world.scratch, world.variables)


def _quick(size: str, *arguments: str) -> Callable[[World], tuple[Run, Run]]:
    """Compare a command in the small or large workspace with an interpreter that does nothing."""

    def prepare(world: World) -> tuple[Run, Run]:
        folder: Path = getattr(world, size)
        return Run([WISP, *arguments], folder, world.variables), _bare(world)

    return prepare


def _first(*arguments: str) -> Callable[[World], tuple[Run, Run]]:
    """Compare a look of which no answer is remembered with an interpreter that does nothing."""

    def prepare(world: World) -> tuple[Run, Run]:
        memory = Path(world.variables["PIXI_CACHE_DIR"]) / "wisp-snapshots"

        def forget() -> None:
            for file in memory.glob("*-looks"):
                file.unlink()

        return Run([WISP, *arguments], world.small, world.variables, forget), _bare(world)

    return prepare


def _solve(world: World) -> tuple[Run, Run]:
    channel = maze(world.cache).as_uri()
    raw = [sys.executable, _RAW, "solve", channel, world.forge.subdir, "maze"]
    fresh = world.without(world.maze, "pixi.lock")
    return (
        Run([WISP, "lock"], world.maze, world.variables, fresh),
        Run(raw, world.scratch, world.variables),
    )


def _install(world: World) -> tuple[Run, Run]:
    folder, prefix = world.crowd, world.scratch / "raw-prefix"
    repodata = crowd(world.cache) / "noarch" / "repodata.json"
    cache = str(world.scratch / "raw-packages")
    raw = [sys.executable, _RAW, "install", str(repodata), cache, str(prefix)]
    return (
        Run([WISP, "install"], folder, world.variables, world.without(folder, ".pixi")),
        Run(raw, world.scratch, world.variables, world.without(world.scratch, prefix.name)),
    )


def _lock_one(world: World) -> tuple[Run, Run]:
    fresh = world.without(world.small, "pixi.lock")
    return Run([WISP, "lock"], world.small, world.variables, fresh), _bare(world)


def _resolve(world: World) -> tuple[Run, Run]:
    index = f"{world.serve(bazaar(world.cache))}/simple"
    folder, forge = world.bazaar(index), world.forge
    raw = [sys.executable, _RAW, "resolve", forge.url, forge.subdir, f"python {forge.minor}.*"]
    raw += [str(world.scratch / "raw-uv"), index, forge.python, "bazaar"]
    return (
        Run([WISP, "lock"], folder, world.variables, world.without(folder, "pixi.lock")),
        Run(raw, world.scratch, world.variables),
    )


def _matrix(world: World) -> tuple[Run, Run]:
    folder = world.matrix
    fresh = world.without(folder, "pixi.lock")
    alone = [WISP, "lock", "--concurrent-solves", "1"]
    return (
        Run([WISP, "lock"], folder, world.variables, fresh),
        Run(alone, folder, world.variables, fresh),
    )


def _pipe(world: World) -> tuple[Run, Run]:
    return (
        Run([WISP, "run", "pipe"], world.small, world.variables),
        Run(["bash", "-c", PIPE], world.small, world.variables),
    )


def _exec(world: World) -> tuple[Run, Run]:
    words = ["exec", "-c", world.forge.main.as_uri(), "greeter"]
    return Run([WISP, *words], world.scratch, world.variables), _bare(world)


def _exposed(world: World) -> tuple[Run, Run]:
    """Compare a global tool with a shell that becomes it."""
    channel = world.forge.main.as_uri()
    install = [WISP, "global", "install", "-c", channel, "greeter"]
    home = Path(world.variables["HOME"]) / ".pixi"
    subprocess.run(install, env=world.variables, cwd=world.scratch, check=True, capture_output=True)
    tool = home / "envs" / "greeter" / "bin" / "greeter"
    return (
        Run([str(home / "bin" / "greeter")], world.scratch, world.variables),
        Run(["sh", "-c", f"exec {tool}"], world.scratch, world.variables),
    )


#: How often a shell looks around in a measurement, and what one look may take.
_LOOKS = 200
_HOOK = Limit(1.0, 0.005 * _LOOKS)


def _followed(shell: str) -> Callable[[World], tuple[Run, Run]]:
    """Compare a shell that goes to and fro in a workspace with one that follows it."""

    def prepare(world: World) -> tuple[Run, Run]:
        folder = world.small / "a" / "b" / "c"
        folder.mkdir(parents=True, exist_ok=True)
        init = world.scratch / f"init.{shell}"
        made = subprocess.run(
            [WISP, "shell-init", shell, "--follow-cd"], check=True, capture_output=True
        )
        init.write_bytes(made.stdout)
        subject, baseline = (
            Run([shell, "-c", _going(shell, init, hook)], world.small, world.variables)
            for hook in ("__wisp_follow", "true")
        )
        return subject, baseline

    return prepare


def _going(shell: str, init: Path, hook: str) -> str:
    """Return lines that go to and fro below a workspace, where nothing changes for the hook."""
    ready = f"source {init}; __wisp_follow"
    step = f"cd a/b/c; {hook}; cd ../../..; {hook}"
    if shell == "fish":
        return f"{ready}; for i in (seq {_LOOKS // 2}); {step}; end"
    return f"{ready}; for i in {{1..{_LOOKS // 2}}}; do {step}; done"


def _quick_cases() -> Iterator[Case]:
    for size, label in (("small", ""), ("large", ", large")):
        for name, arguments, limit in (
            ("run of nothing", ("run", "nothing"), Limit(1.6)),
            ("run of a built-in", ("run", "built-in"), None),
            ("task list", ("task", "list"), Limit(2.0)),
            ("shell-hook", ("shell-hook",), None),
            ("install", ("install",), Limit(2.0)),
            ("lock", ("lock",), Limit(2.0)),
            ("--version", ("--version",), Limit(2.0)),
            ("completion of a task", ("complete", "--", "run", "noth"), Limit(1.6)),
            ("completion of a package", ("complete", "--", "update", ""), None),
        ):
            yield Case(f"{name}{label}", "bare Python", _quick(size, *arguments), limit)
    for words in (
        "info",
        "list",
        "tree",
        "workspace channel list",
        "workspace platform list",
        "workspace environment list",
    ):
        yield Case(words, "bare Python", _quick("small", *words.split()), Limit(3.0))
    for words in (
        "--help",
        "add --help",
        "workspace platform add --help",
        "global install --help",
        "image build --help",
    ):
        yield Case(words, "bare Python", _quick("small", *words.split()), Limit(2.5))


def _reading_cases() -> Iterator[Case]:
    """Commands that read manifest and lock, and find nothing to do."""
    for size, label in (("small", ""), ("large", ", large")):
        for words in (
            "lock --check",
            "list --json",
        ):
            yield Case(f"{words}{label}", "bare Python", _quick(size, *words.split()), runs=7)
    verdict = _quick("huge", "lock", "--check")
    yield Case("lock --check, 3 MB", "bare Python", verdict, Limit(_PIXI_VERDICT), runs=7)
    for words in ("list", "tree", "workspace channel list", "workspace platform list"):
        yield Case(f"first {words}", "bare Python", _first(*words.split()), _FIRST_LOOK, runs=15)


CASES = (
    *_quick_cases(),
    *_reading_cases(),
    Case("exec, repeated", "bare Python", _exec, Limit(1.6)),
    Case("global tool", "sh that execs it", _exposed, Limit(1.5), runs=60),
    *(
        Case(f"{_LOOKS} × cd hook, {shell}", f"{shell} alone", _followed(shell), _HOOK, runs=5)
        for shell in ("bash", "zsh", "fish")
        if shutil.which(shell)
    ),
    Case("lock of one package", "bare Python", _lock_one, Limit(9.0), runs=7),
    Case("solve of 448 packages", "rattler alone", _solve, _ENGINE, runs=5),
    Case("resolve of 180 wheels", "rattler and uv alone", _resolve, _ENGINE, runs=5),
    Case("install of 300 packages", "rattler alone", _install, _INSTALLER, runs=15),
    Case("40 solves of 448 packages", "one at a time", _matrix, _BOTH_CORES, runs=1),
    Case("pipe of 512 MB", "bash", _pipe, runs=5),
)
